/**
 * @module
 * Distinguished names as Envoy writes them (RFC 2253): `CN=orders,OU=Shop\, north,O=Example`.
 */

/** One attribute: its type, and its value in which a backslash hides the next character. */
const attribute = /([^=,+]+)=((?:\\.|[^\\,+])*)(?:[,+]|$)/gsy;

/** The value of the first `CN`, which is the most specific; undefined where there is none or the name is malformed. */
export function commonName(name: string): string | undefined {
  attribute.lastIndex = 0;
  for (let found = attribute.exec(name); found !== null; found = attribute.exec(name)) {
    if (found[1]?.trim().toUpperCase() === 'CN') return unescaped(found[2] ?? '');
    if (attribute.lastIndex === name.length) return undefined;
  }
  return undefined;
}

const utf8 = new TextDecoder('utf-8');

/** RFC 2253 section 2.4: `\,` is a comma, `\C3\A9` the bytes of a UTF-8 character. */
function unescaped(value: string): string {
  return value
    .replace(/(?:\\[0-9A-Fa-f]{2})+/g, (run) => utf8.decode(Buffer.from(run.replaceAll('\\', ''), 'hex')))
    .replace(/\\(.)/gs, '$1');
}
