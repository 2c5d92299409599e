/**
 * @module
 * The keys of a policy that somebody has to provide. Their names on the gateway are not repeated: at such a place, a
 * name may be the key itself.
 */
import { placeText, type SourceText } from '../../../diagnostics/source-text.ts';
import type { KeySource } from '../../../plan/token-plan.ts';
import type { ExportedKey } from '../../exported.ts';
import { readKey } from '../key.ts';
import { whyNotConstant } from '../not-constant.ts';
import type { PolicyReader } from '../policy-reader.ts';
import type { Properties } from '../schema.ts';

export interface NeededKeys {
  readonly keys: readonly ExportedKey[];
  /** Where the policy names a JWK that is in the file. */
  readonly inFile: SourceText | undefined;
  /** Where the policy reads a key that comes from the request: no file can replace it. */
  readonly fromRequest: SourceText | undefined;
}

/** The keys of an API that have a file already. Policies that name one crypto object or variable have the same key. */
export class ApiKeys {
  readonly #api: string;
  readonly #known = new Map<string, ExportedKey>();

  /** @param api for the names of the files */
  constructor(api: string) {
    this.#api = api;
  }

  /** @param source as the policy names it; undefined if it names none, and its key is its own */
  keyFor(source: string | undefined, part: KeyPart, make: (name: string) => ExportedKey): ExportedKey {
    const id = JSON.stringify([part, source ?? this.#known.size]);
    const number = [...this.#known.values()].filter(({ use }) => use === uses[part]).length + 1;
    const key = this.#known.get(id) ?? make(`${this.#api}-${part}${number === 1 ? '' : `-${number}`}`);
    this.#known.set(id, key);
    return key;
  }
}

type KeyPart = 'jws' | 'jwe';

const uses = { jws: 'key', jwe: 'recipient' } as const;

export function keysOf(reader: PolicyReader, properties: Properties, known: ApiKeys): NeededKeys {
  const found = (['jws', 'jwe'] as const).flatMap((part) => {
    if (!isNeeded(properties, part)) return [];
    const source = readKey(reader, properties, part, false);
    return source === 'invalid' ? [] : [{ part, source }];
  });
  return {
    keys: found
      .filter(({ source }) => placeInFile(source) === undefined)
      .map(({ part, source }) => {
        const name = source?.kind === 'named' ? `${source.holds} ${source.name}` : undefined;
        return known.keyFor(name, part, (file) => keyOf(properties, part, source, file));
      }),
    inFile: found.map(({ source }) => placeInFile(source)).find((place) => place !== undefined),
    fromRequest: found.map(({ source }) => placeOfRequested(reader, source)).find((place) => place !== undefined),
  };
}

/** Where the key is if it is in the file of the policy. */
function placeInFile(source: KeySource | undefined): SourceText | undefined {
  return source?.kind === 'named' && source.own !== undefined ? source.place : undefined;
}

function placeOfRequested(reader: PolicyReader, source: KeySource | undefined): SourceText | undefined {
  if (source?.kind !== 'named' || source.unusable === undefined) return undefined;
  return whyNotConstant(reader, source.name, reader.before).kind === 'request' ? source.place : undefined;
}

/** An algorithm alone does not encrypt. */
function isNeeded(properties: Properties, part: KeyPart): boolean {
  const hasKey = properties[`${part}-crypto`] !== undefined || properties[`${part}-jwk`] !== undefined;
  const { 'jws-alg': signature, 'jwe-alg': encryption } = properties;
  if (part === 'jws') return (signature !== undefined && signature !== 'none') || (hasKey && signature === undefined);
  return hasKey || (encryption !== undefined && signature === undefined);
}

function keyOf(properties: Properties, part: KeyPart, source: KeySource | undefined, name: string): ExportedKey {
  const algorithm = properties[part === 'jws' ? 'jws-alg' : 'jwe-alg'];
  const isSecret = /^(?:HS\d+|dir|A\d+(?:GCM)?KW)$/.test(algorithm ?? '');
  return {
    name,
    kind: isSecret ? 'secret' : part === 'jws' ? 'private' : 'public',
    algorithm: part === 'jws' ? algorithm : undefined,
    origin: originOf(part, source),
    use: uses[part],
  };
}

function originOf(part: KeyPart, source: KeySource | undefined): string {
  if (source?.kind !== 'named') return 'the file names no key: ask who deployed the API';
  const place = placeText(source.place.placeAt(0));
  return source.holds === 'jwk'
    ? `the JWK in the variable that \`${part}-jwk\` names, ${place}`
    : `the crypto object of the DataPower domain that \`${part}-crypto\` names, ${place}`;
}
