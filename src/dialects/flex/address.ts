/**
 * @module
 * The address of an API instance, or `proxyUri` of API Manager: where the gateway listens, and the base path of the
 * API. Rules are compared with what follows the base path.
 */

export interface ApiAddress {
  /** Undefined if it only says where to listen, as `0.0.0.0` does. */
  readonly host: string | undefined;
  /** The path of the address, such as `/api`, without a slash at its end; empty for an address without a path. */
  readonly basePath: string;
  /** Whether routes can say the base path as it is. */
  readonly isPlain: boolean;
}

/** Undefined if the text is no address. */
export function readAddress(text: string): ApiAddress | undefined {
  const found = /^\s*[a-z][a-z0-9+.-]*:\/\/(\[[^\]/]*\]|[^/:]*)(?::[^/]*)?(\/\S*)?\s*$/i.exec(text);
  if (found === null) return undefined;
  const [, host = '', path = ''] = found;
  const basePath = path.replace(/\/+$/, '');
  return { host: isListening(host) ? undefined : host, basePath, isPlain: isPlainPath(basePath) };
}

/** Addresses of interfaces, which no request names. */
function isListening(host: string): boolean {
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\]|localhost|\*|)$/i.test(host);
}

/** Segments of letters and digits, and of signs that no server treats in its own way. */
export function isPlainPath(path: string): boolean {
  return /^(?:\/[\w~-]+(?:\.[\w~-]+)*)*$/.test(path);
}
