// Files out of a drop or an input, those inside dropped folders too, each with its path: {file, path}.

const HIDDEN = /(^|\/)(\.|__MACOSX(\/|$)|Thumbs\.db$)/;

function fileOf(entry) {
  return new Promise((resolve) => {
    entry.file((file) => resolve({ file, path: entry.fullPath.replace(/^\//, "") }), () => resolve(null));
  });
}

/** What a folder holds; a reader hands it out in parts. */
async function children(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const part = await new Promise((resolve) => { reader.readEntries(resolve, () => resolve([])); });
    if (!part.length) return all;
    all.push(...part);
  }
}

async function below(entry) {
  if (entry.isFile) return [await fileOf(entry)];
  const found = [];
  for (const child of await children(entry)) found.push(...(await below(child)));
  return found;
}

const visible = (found) => found.filter((one) => one && !HIDDEN.test(one.path));

/** To be called in the drop's own event: what was dropped is gone after it. */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return visible([...transfer.files].map((file) => ({ file, path: file.name })));
  const found = [];
  for (const entry of entries) found.push(...(await below(entry)));
  return visible(found);
}

/** Of an input for files, or for a folder. */
export function chosenFiles(input) {
  return visible([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
}
