/**
 * @module
 * The token of one policy in its file: when it is made anew, and when it is taken away.
 *
 * A new token follows at two thirds of the life of the last one, earlier if another key begins to sign, and at once if
 * a reload changes the policy or revokes the key. Near its end a token that could not be replaced is taken away; after
 * such a reload it is taken away at once. What something else puts into the file is replaced. So Envoy never has a
 * token that mintproc would not make now, except while the file cannot be written, and until the next look at it.
 */
import { MintError } from '../diagnostics/mint-error.ts';
import { type HeldKey, isSameMaterial, keyId } from '../keys/held-key.ts';
import { secretDocument, secretName } from './secret-document.ts';
import type { DiskTrouble, TokenDisk } from './token-disk.ts';

/** What makes the tokens of a file, in one configuration. */
export interface TokenSource {
  /** The name of the policy. */
  readonly policy: string;
  /** Where its entry names the file: `file:line:column`. */
  readonly place: string;
  /** In milliseconds. */
  readonly lifetime: number;
  /** Differs if anything differs that tokens are made of, except their signing key and times. */
  readonly identity: string;
  /** The value of the header. @param now milliseconds since the epoch @throws MintError */
  mint(now: number): Promise<string>;
  /** The key that signs at `now`; undefined if none does. */
  signerAt(now: number): HeldKey | undefined;
  /** Whether the key may sign, or has signed tokens that are still good: it was not revoked. */
  trusts(key: HeldKey): boolean;
  /** When the next key begins to sign after `now`; Infinity if none is known. */
  nextSwitch(now: number): number;
}

export interface Kept {
  /** `gone`: empty, and no entry has the file any more. */
  readonly kind: 'token' | 'empty' | 'gone';
  /** Milliseconds since the epoch; undefined without a token. */
  readonly made?: number;
  readonly expires?: number;
  /** When the next attempt follows. */
  readonly next: number;
}

export interface FileWitness {
  /** A configuration has a file for the policy of each of these sources, and for no other. */
  follows(sources: readonly TokenSource[]): void;
  /** The file was written. */
  written(policy: string, kept: Kept): void;
  /** Something else wrote or removed the file. It is made anew. */
  changed(policy: string): void;
  /** @param error a MintError, or what is wrong with the disk */
  failed(policy: string, step: 'mint' | 'write', error: MintError | DiskTrouble): void;
  /** An unexpected error. */
  defect(policy: string, error: unknown): void;
}

export interface TokenFileOptions {
  readonly path: string;
  readonly disk: Pick<TokenDisk, 'put' | 'compare' | 'forget'>;
  readonly witness: FileWitness;
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
}

/** A token is replaced when this share of its life is over, or up to a tenth of its life earlier. */
const share = 2 / 3;
const jitter = 0.1;

/** A token is taken away this long before its end, but never in its first nine tenths. In milliseconds. */
const longestMargin = 5_000;

/** Milliseconds between attempts after a failure. */
const shortestPause = 1_000;
const longestPause = 60_000;

const [always, never] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** What the file has. */
interface Contents {
  readonly text: string;
  readonly token: Token | undefined;
}

interface Token {
  readonly made: number;
  readonly expires: number;
  readonly identity: string;
  readonly signer: HeldKey | undefined;
}

export class TokenFile {
  readonly #options: TokenFileOptions;
  /** The policy that has, or had, the file. */
  #policy: string;
  #source: TokenSource | undefined;
  /** Undefined before the first write, and after that of something else: the file may have anything. */
  #contents: Contents | undefined;
  #dueAt = always;
  #pause = 0;
  /** How often something else wrote the file since a token stayed there until the next one. */
  #quarrels = 0;

  /** @param source as of `use` */
  constructor(source: TokenSource, options: TokenFileOptions) {
    this.#options = options;
    this.#policy = source.policy;
    this.#source = source;
  }

  /** When the next step is due, in milliseconds since the epoch. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Whether nothing is left to do: the file is no entry's any more, and has no token. */
  get isOver(): boolean {
    return this.#source === undefined && this.#isEmpty;
  }

  /** @param source of the configuration that came into force; undefined if it has no such file */
  use(source: TokenSource | undefined): void {
    const before = this.#source;
    this.#source = source;
    this.#policy = source?.policy ?? this.#policy;
    const now = this.#options.now();
    if (source !== undefined && before !== undefined && this.#isCurrent(source, now)) {
      this.#dueAt = Math.min(this.#dueAt, source.nextSwitch(now));
      return;
    }
    this.#dueAt = always;
    this.#pause = 0;
  }

  /** Does what is due. Steps of one file must not overlap. */
  async step(): Promise<void> {
    const time = this.#options.now();
    const source = this.#source;
    if (!this.#isDue(time)) return;
    if (this.#contents !== undefined) this.#quarrels = 0;
    if (source === undefined) {
      if (await this.#clear(time)) this.#schedule(source, never);
      else this.#tryAgain(source, time);
      return;
    }
    const value = await this.#mint(source, time);
    // If a reload came meanwhile, the token of its configuration follows at once.
    if (this.#source !== source) return;
    if (value !== undefined && (await this.#write(source, value, time))) return;
    this.#tryAgain(source, time);
    if (this.#mustGo(source, this.#options.now())) await this.#clear(time);
  }

  /**
   * Looks whether something else wrote the file, or removed it. Then the next step makes it anew: at once, and after a
   * pause if that happens again and again, as with a second mintproc that has the same file. Must not overlap a step.
   */
  async isDisturbed(): Promise<boolean> {
    const { disk, path, now, witness } = this.#options;
    if (this.#contents === undefined || (await disk.compare(path, this.#contents.text)) !== 'other') return false;
    disk.forget(path);
    this.#contents = undefined;
    this.#quarrels += 1;
    const pause = this.#quarrels === 1 ? 0 : Math.min(shortestPause * 2 ** this.#quarrels, longestPause);
    this.#dueAt = Math.min(this.#dueAt, now() + pause);
    witness.changed(this.#policy);
    return true;
  }

  /** Takes the token away, unless another process has replaced the file since. */
  async clearOwn(): Promise<void> {
    const { disk, path, now } = this.#options;
    if (this.#contents?.token === undefined) return;
    if ((await disk.compare(path, this.#contents.text)) === 'same') await this.#clear(now());
  }

  get #isEmpty(): boolean {
    return this.#contents !== undefined && this.#contents.token === undefined;
  }

  /** Also if the clock was set back: the token would be from the future. */
  #isDue(now: number): boolean {
    const made = this.#contents?.token?.made;
    return now >= this.#dueAt || (made !== undefined && now < made);
  }

  /** Whether the token is one that `source` would make now, but for its times. */
  #isCurrent(source: TokenSource, now: number): boolean {
    const token = this.#contents?.token;
    return token?.identity === source.identity && isSameKey(token.signer, source.signerAt(now));
  }

  /** Whether what the file has must not stay until an attempt succeeds. */
  #mustGo({ identity, lifetime, trusts }: TokenSource, now: number): boolean {
    const token = this.#contents?.token;
    // A token of an earlier run may be of any configuration.
    if (token === undefined) return this.#contents === undefined;
    const isOld = token.identity !== identity || (token.signer !== undefined && !trusts(token.signer));
    return isOld || now >= token.expires - marginOf(lifetime);
  }

  async #mint(source: TokenSource, now: number): Promise<string | undefined> {
    const { policy } = source;
    const { witness } = this.#options;
    try {
      return await source.mint(now);
    } catch (error) {
      if (error instanceof MintError) witness.failed(policy, 'mint', error);
      else witness.defect(policy, error);
      return undefined;
    }
  }

  /** @returns whether the file has the token */
  async #write(source: TokenSource, value: string, now: number): Promise<boolean> {
    const { lifetime, identity } = source;
    // As the policy counts it: `exp` is in whole seconds.
    const expires = Math.floor(now / 1000) * 1000 + lifetime;
    const token = { made: now, expires, identity, signer: source.signerAt(now) };
    const next = Math.min(now + lifetime * (share - jitter * this.#options.random()), source.nextSwitch(now));
    if (!(await this.#put(value, token, next, now))) return false;
    this.#schedule(source, next);
    this.#pause = 0;
    return true;
  }

  /** Takes the token away. @returns whether the file has none */
  async #clear(now: number): Promise<boolean> {
    return this.#isEmpty || (await this.#put('', undefined, this.#dueAt, now));
  }

  async #put(value: string, token: Token | undefined, next: number, now: number): Promise<boolean> {
    const { path, disk, witness } = this.#options;
    const policy = this.#policy;
    const text = secretDocument(secretName(path), value);
    const trouble = await disk.put(path, text, now);
    if (trouble !== undefined) {
      witness.failed(policy, 'write', trouble);
      return false;
    }
    this.#contents = { text, token };
    const times = token && { made: token.made, expires: token.expires };
    const empty = this.#source === undefined ? 'gone' : 'empty';
    witness.written(policy, { kind: token === undefined ? empty : 'token', next, ...times });
    return true;
  }

  /** A reload that came meanwhile has made its own step due. */
  #schedule(source: TokenSource | undefined, dueAt: number): void {
    if (this.#source === source) this.#dueAt = dueAt;
  }

  #tryAgain(source: TokenSource | undefined, now: number): void {
    this.#pause = Math.min(Math.max(this.#pause * 2, shortestPause), longestPause);
    const again = now + this.#pause * (1 - this.#options.random() / 2);
    const token = this.#contents?.token;
    // The last moment of a token is a step, too.
    const end = token && source && token.expires - marginOf(source.lifetime);
    this.#schedule(source, end !== undefined && end > now ? Math.min(again, end) : again);
  }
}

function marginOf(lifetime: number): number {
  return Math.min(longestMargin, lifetime / 10);
}

function isSameKey(one: HeldKey | undefined, other: HeldKey | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return keyId(one) === keyId(other) && isSameMaterial(one, other);
}
