/**
 * @module
 * The header list of a request, straight from the wire to names and values.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { WireLimits } from '../wire-limits.ts';
import { enter } from './decode-struct.ts';
import { bytesTag, type ProtobufReader } from './protobuf-reader.ts';
import type { WireText } from './wire-text.ts';

type Header = readonly [name: string, value: string];

/** `HttpHeaders.headers` and `HeaderMap.headers` */
const headerMap = bytesTag(1);
const header = bytesTag(1);
const part = { key: bytesTag(1), value: bytesTag(2), rawValue: bytesTag(3) } as const;

/**
 * The headers of the `HttpHeaders` that the reader has before it, in wire order, repeats kept.
 *
 * @throws MintError where they pass a limit @throws WireFormatError
 */
export function decodeHeaders(reader: ProtobufReader, text: WireText, limits: WireLimits): Header[] {
  const list: Header[] = [];
  let left = limits.headerBytes;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag !== headerMap) {
      reader.skip(tag);
      continue;
    }
    const outer = enter(reader);
    while (reader.at < reader.end) {
      const inner = reader.tag();
      if (inner === header) left = decodeHeader(reader, text, left, list, limits);
      else reader.skip(inner);
    }
    reader.end = outer;
  }
  return list;
}

/** @param left how many bytes of headers are still allowed. Returns how many are after this one. */
function decodeHeader(
  reader: ProtobufReader,
  text: WireText,
  left: number,
  list: Header[],
  limits: WireLimits,
): number {
  if (list.length === limits.headerCount) {
    throw new MintError('extproc.too-many-headers', `The request has more than ${limits.headerCount} headers.`);
  }
  const outer = enter(reader);
  let [keyAt, keyEnd, valueAt, valueEnd, rawAt, rawEnd] = [0, 0, 0, 0, 0, 0];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag !== part.key && tag !== part.value && tag !== part.rawValue) {
      reader.skip(tag);
      continue;
    }
    const stop = reader.length();
    if (tag === part.key) [keyAt, keyEnd] = [reader.at, stop];
    else if (tag === part.rawValue) [rawAt, rawEnd] = [reader.at, stop];
    else [valueAt, valueEnd] = [reader.at, stop];
    reader.at = stop;
  }
  reader.end = outer;
  // Envoy sends `raw_value`; a test client or an older proxy may send `value` instead.
  const raw = rawEnd > rawAt;
  const bytes = keyEnd - keyAt + (raw ? rawEnd - rawAt : valueEnd - valueAt);
  if (bytes > left) {
    throw new MintError(
      'extproc.headers-too-large',
      `The headers of the request have more than ${limits.headerBytes} bytes.`,
    );
  }
  list.push([text.string(keyAt, keyEnd), raw ? text.headerValue(rawAt, rawEnd) : text.string(valueAt, valueEnd)]);
  return left - bytes;
}
