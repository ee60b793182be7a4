"""How static files are named and compressed for serving."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names hold a hash of the content, and the imports between our modules follow: a browser can keep each
    file for ever and never mixes an old module with a new one.

    Only static/js is rewritten: what other packages ship has imports in comments that lead nowhere.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
