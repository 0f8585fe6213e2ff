import { open, mkdir, chmod } from 'node:fs/promises';
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack, type Pack } from 'tar-stream';

export interface ArchiveWriter {
  folder: (name: string) => void;
  text: (name: string, content: string) => void;
  /** Copies a file that may grow, shrink or vanish meanwhile: what the WAL repairs, as pg_basebackup does. @returns false when it is gone */
  file: (name: string, source: string) => Promise<boolean>;
}

/** Writes a .tar.gz of mode 600 that replaces nothing. @throws when the file is there already */
export async function writeArchive(file: string, fill: (archive: ArchiveWriter) => Promise<void>) {
  const target = await open(file, 'wx', 0o600);
  const tar = pack();
  const written = pipeline(tar, createGzip({ level: 4 }), target.createWriteStream({ flush: true }));
  written.catch(() => undefined); // awaited below, after fill
  try {
    await fill({
      folder: (name) => void tar.entry({ name, type: 'directory', mode: 0o700 }),
      text: (name, content) => void tar.entry({ name, mode: 0o600 }, content),
      file: (name, source) => copyIn(tar, name, source),
    });
    tar.finalize();
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  await written;
}

async function copyIn(tar: Pack, name: string, source: string): Promise<boolean> {
  const handle = await open(source, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return false;
  try {
    const { size } = await handle.stat();
    const entry = tar.entry({ name, size, mode: 0o600 });
    await pipeline(Readable.from(exactly(handle, size)), entry);
    return true;
  } finally {
    await handle.close();
  }
}

/** The size was promised in the header: a file that shrank is filled up with zeros, what it grew by is left out. */
async function* exactly(handle: Awaited<ReturnType<typeof open>>, size: number) {
  for (let at = 0; at < size;) {
    const buffer = Buffer.alloc(Math.min(1_048_576, size - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    yield bytesRead === 0 ? buffer : buffer.subarray(0, bytesRead);
    at += bytesRead || buffer.length;
  }
}

/** Unpacks below `folder` (modes 700 and 600), and nowhere else. @throws when the archive is cut off or not one of ours */
export async function readArchive(file: string, folder: string) {
  const tar = extract();
  const unpacked = pipeline(createReadStream(file), createGunzip(), tar);
  unpacked.catch(() => undefined); // awaited below; the loop sees the error too
  for await (const entry of tar) {
    const target = path.join(folder, entry.header.name);
    if (!target.startsWith(folder + path.sep))
      throw new Error(`the archive holds ${entry.header.name}, which lies outside of it`);
    if (entry.header.type === 'directory') {
      await mkdir(target, { recursive: true, mode: 0o700 });
      entry.resume();
    } else {
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      await pipeline(entry, createWriteStream(target, { mode: 0o600, flush: true }));
      await chmod(target, 0o600);
    }
  }
  await unpacked;
}
