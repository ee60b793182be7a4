"""The API of models: releases, and single pictures looked at by the active one."""
