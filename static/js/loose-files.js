// Files and whole folders that were dropped or chosen, sorted into what an import can use.
const PICTURE = /\.(jpe?g|png|webp|bmp)$/i;
const EXPORT = /\.(json|ndjson|jsonl|csv)$/i;
const ANNOTATIONS = /\.(xml|txt|ya?ml|json|ndjson|jsonl|csv|names)$/i;
const NOBODYS = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i; // what systems leave in folders

/** Everything that was dropped as {path, file}; folders are walked. To be called while the drop is being handled. */
export async function dropped(transfer) {
  const roots = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!roots.length) return chosen(transfer.files);
  return (await Promise.all(roots.map(walked))).flat();
}

async function walked(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    return [{ path: entry.fullPath.replace(/^\/+/, ""), file }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([]))); // 100 at most at a time
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(walked))).flat();
}

/** The files of an input as {path, file}; those of a folder keep their path in it. */
export function chosen(files) {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/**
 * What each is good for: {pictures, annotations, zips, left}; `left` are those that are none of these, or cannot be
 * read. One that was taken before, under the same path, is taken once.
 */
export function sorted(entries) {
  const known = new Map(entries.filter(({ path }) => !NOBODYS.test(path)).map((entry) => [entry.path, entry]));
  const groups = { pictures: [], annotations: [], zips: [], left: [] };
  for (const entry of known.values()) {
    const { path, file } = entry;
    if (!file || file.size === 0) groups.left.push(entry);
    else if (PICTURE.test(path)) groups.pictures.push(entry);
    else if (/\.zip$/i.test(path)) groups.zips.push(entry);
    else if (ANNOTATIONS.test(path)) groups.annotations.push(entry);
    else groups.left.push(entry);
  }
  return groups;
}

/** Whether these annotations are one export of Labelbox or COCO, and not the many files of Pascal VOC or YOLO. */
export function isOneExport(annotations) {
  return annotations.length === 1 && EXPORT.test(annotations[0].path);
}
