import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

const maps = new Map<string, SourceMap | undefined>();

/**
 * A line of a stack trace with its place in the sources instead of that in the bundle, e.g. `libs/patients/src/merge.ts:12:5`. The
 * map beside the bundle is read when the first line wants it: Node's own `--enable-source-maps` costs every start.
 */
export function withSourcePlace(frame: string): string {
  return frame.replace(
    /(file:[^()]+\.mjs):(\d+):(\d+)/,
    (place, url: string, line: string, column: string) => {
      const origin = mapOf(url)?.findOrigin(Number(line), Number(column));
      if (origin === undefined || !('fileName' in origin)) return place;
      return `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
    },
  );
}

function mapOf(url: string): SourceMap | undefined {
  if (!maps.has(url)) maps.set(url, readMap(url));
  return maps.get(url);
}

function readMap(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    // Told with its place in the bundle: an error is never lost for want of a map.
    return undefined;
  }
}
