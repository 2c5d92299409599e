/**
 * @module
 * Who may use the playground: the browser that was given its first URL. Every request names this server in `Host`, so
 * that no name of another site that resolves to this machine reaches it (DNS rebinding). Every call comes from the page
 * itself (`Origin`) and has the cookie that the page got for the key of the first URL.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIPv6 } from 'node:net';

/** Of the key and of the cookie: nobody guesses 256 bits. */
const secretBytes = 32;

/** A browser starts within seconds. */
const onceMilliseconds = 60_000;

export class Access {
  /** What the fragment of the first URL has. */
  readonly key = randomBytes(secretBytes).toString('base64url');
  /** The address of the page, without the key. */
  readonly url: string;
  readonly #hosts: ReadonlySet<string>;
  readonly #cookieName: string;
  readonly #session = randomBytes(secretBytes).toString('base64url');
  #once: { readonly key: string; readonly until: number } | undefined;

  /** @param host the address that is listened at, such as `127.0.0.1` or `::1` */
  constructor(host: string, port: number) {
    const shown = isIPv6(host) ? `[${host}]` : host;
    // A browser leaves the port out if it is that of the scheme.
    const names = [shown, 'localhost'];
    this.#hosts = new Set([...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])]);
    this.url = `http://${shown}:${port}/`;
    // Cookies of one host are sent to all of its ports: two playgrounds must not take each other's.
    this.#cookieName = `mintproc-playground-${port}`;
  }

  /** Whether the request names this server. */
  isAddressed({ host }: Pick<IncomingHttpHeaders, 'host'>): boolean {
    return host !== undefined && this.#hosts.has(host);
  }

  /** Whether the page of this server makes the call. `Sec-Fetch-Site` is not sent by every browser. */
  isOwnPage(headers: IncomingHttpHeaders): boolean {
    const site = headers['sec-fetch-site'];
    return headers.origin === `http://${headers.host}` && (site === undefined || site === 'same-origin');
  }

  /** Whether the browser may have the cookie: it has the key, or the one that is taken once. */
  admits(given: string): boolean {
    if (isSame(given, this.key)) return true;
    const once = this.#once;
    if (once === undefined || performance.now() > once.until || !isSame(given, once.key)) return false;
    this.#once = undefined;
    return true;
  }

  /**
   * A key that is taken once, within a minute: who lists the processes of this machine sees the address that a browser
   * is started with.
   */
  keyForOnce(): string {
    const key = randomBytes(secretBytes).toString('base64url');
    this.#once = { key, until: performance.now() + onceMilliseconds };
    return key;
  }

  hasSession({ cookie = '' }: Pick<IncomingHttpHeaders, 'cookie'>): boolean {
    const prefix = `${this.#cookieName}=`;
    const values = cookie.split('; ').filter((pair) => pair.startsWith(prefix));
    return values.some((pair) => isSame(pair.slice(prefix.length), this.#session));
  }

  /** The value of `set-cookie` for who has the key. The cookie ends with the browser's session. */
  get cookie(): string {
    return `${this.#cookieName}=${this.#session}; Path=/api/; HttpOnly; SameSite=Strict`;
  }
}

/** In constant time for texts of the right length, which is no secret. */
function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
