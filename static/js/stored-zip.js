// A zip of files as they are, packed by nobody: pictures are small already. Written after PKWARE's APPNOTE 6.3.
// The zip is a Blob that refers to the files, so that it takes no memory of its own.
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});
const UTF8_NAMES = 0x0800;
const MOST_ENTRIES = 0xffff; // from here on the end of the zip says so in its 64-bit form
export const MOST_BYTES = 0xffffffff - 2 ** 26; // of a zip, with room for its directory

async function crcOf(file) {
  let rest = 0xffffffff;
  for (const reader = file.stream().getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return (rest ^ 0xffffffff) >>> 0;
    for (let at = 0; at < value.length; at += 1) rest = CRC_TABLE[(rest ^ value[at]) & 0xff] ^ (rest >>> 8);
  }
}

/** Fields of a header: [bytes, value] one after another, little-endian. */
function record(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return view.buffer;
}

/** What the header before a file and its entry in the directory have in common. */
function described({ name, crc, file }) {
  const version = [2, 20];
  const time = [[2, 0], [2, 0x21]]; // 1 January 1980: nobody asks
  const sizes = [[4, file.size], [4, file.size]];
  return [version, [2, UTF8_NAMES], [2, 0], ...time, [4, crc], ...sizes, [2, name.length], [2, 0]];
}

function ending(count, size, start) {
  const few = Math.min(count, MOST_ENTRIES);
  const end = record([[4, 0x06054b50], [2, 0], [2, 0], [2, few], [2, few], [4, size], [4, start], [2, 0]]);
  if (count < MOST_ENTRIES) return [end];
  const large = [[4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, size], [8, start]];
  return [record(large), record([[4, 0x07064b50], [4, 0], [8, start + size], [4, 1]]), end];
}

/**
 * A zip of {path, file}, each under its path. Answers {zip, failed}: a file that cannot be read is left out and stands
 * in `failed` with its `path`. `told(done)` hears how many have been read.
 */
export async function storedZip(entries, told = () => {}) {
  const parts = [];
  const directory = [];
  const failed = [];
  let place = 0;
  for (const [number, { path, file }] of entries.entries()) {
    try {
      const entry = { name: new TextEncoder().encode(path), crc: await crcOf(file), file };
      const header = record([[4, 0x04034b50], ...described(entry)]);
      const listed = record([[4, 0x02014b50], [2, 0x0314], ...described(entry), [2, 0], [2, 0], [2, 0], [4, 0x81a40000], [4, place]]);
      parts.push(header, entry.name, file);
      directory.push(listed, entry.name);
      place += header.byteLength + entry.name.length + file.size;
    } catch {
      failed.push({ path });
    }
    told(number + 1);
  }
  const size = directory.reduce((sum, part) => sum + part.byteLength, 0);
  const zip = new Blob([...parts, ...directory, ...ending(directory.length / 2, size, place)], { type: "application/zip" });
  return { zip, failed };
}
