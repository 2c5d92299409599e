/**
 * @module
 * Random configurations, each loaded twice: with its keys, and with all of them gone and made for the run. The tokens
 * must be the same, member by member, also inside encrypted ones.
 */
import { createPrivateKey, createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { StandInKeys } from '../../src/configuration/keys/stand-in-keys.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { openToken } from '../../src/jose/open-token.ts';
import { readToken } from '../../src/jose/token-parts.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { mint, pem } from './key-world.ts';
import { memoryFiles } from './memory-files.ts';

export const search: Search = {
  name: 'stand-in-keys',
  property:
    'With keys made for the run, a token is the same but for its signature, and for a kid that its key gives it.',
  inputs: 2_000,
  share: 80,
  run,
};

const passphrase = 'open sesame';

interface RealKey {
  readonly key: KeyObject;
  /** What the holder of the private half or secret opens tokens with. */
  readonly opens: KeyObject;
}

/** Keys by their family, made once: RSA takes a tenth of a second. */
const families = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
} as const;

type Family = keyof typeof families | 'secret';

const algorithms: readonly (readonly [name: string, family: Family, bytes: number])[] = [
  ['RS256', 'rsa', 0],
  ['ES256', 'P-256', 0],
  ['ES384', 'P-384', 0],
  ['HS256', 'secret', 32],
  ['HS512', 'secret', 64],
];

const managements: readonly (readonly [name: string, family: Family, bytes: number])[] = [
  ['RSA-OAEP-256', 'rsa', 0],
  ['ECDH-ES+A128KW', 'P-256', 0],
  ['A256KW', 'secret', 32],
  ['A128GCMKW', 'secret', 16],
];

/** The text of a secret has as many bytes as the key. */
const secretOf = (bytes: number): string => randomBytes(bytes).toString('hex').slice(0, bytes);

function realKey(family: Family, bytes: number, isRecipient: boolean): RealKey & { readonly text: string } {
  if (family === 'secret') {
    const text = secretOf(bytes);
    const key = createSecretKey(Buffer.from(text));
    return { key, opens: key, text };
  }
  const { privateKey, publicKey } = families[family]();
  const text = isRecipient ? String(publicKey.export({ type: 'spki', format: 'pem' })) : pem(privateKey);
  return { key: isRecipient ? publicKey : privateKey, opens: privateKey, text };
}

/** A configuration, what it reads beside itself, and what opens its tokens. */
class World {
  readonly files: Record<string, string> = {};
  readonly secrets: Record<string, string> = {};
  readonly environment: Record<string, string> = {};
  readonly keys: Record<string, object> = {};
  readonly variables: Record<string, object | string> = { 'iss.claim': 'https://issuer.example.com' };
  readonly opening: KeyObject[] = [];
  /** Whether the `kid` comes from the key. */
  isKidOfKey = false;
  #count = 0;

  /** Where a key is, for an entry or for `keys`. */
  place(dice: Dice, { text, opens }: ReturnType<typeof realKey>, family: Family, isRecipient: boolean): object {
    this.opening.push(opens);
    const name = `k${this.#count++}`;
    const kid = dice.chance(50) ? { kid: `kid-${name}` } : {};
    if (!('kid' in kid)) this.isKidOfKey = true;
    if (family !== 'secret' && !isRecipient && dice.chance(25)) {
      const cipher = { cipher: 'aes-256-cbc', passphrase };
      this.secrets[name] = String(createPrivateKey(text).export({ type: 'pkcs8', format: 'pem', ...cipher }));
      if (dice.chance(50)) {
        this.environment['PASSPHRASE'] = passphrase;
        return { file: name, passphrase: { env: 'PASSPHRASE' }, ...kid };
      }
      this.secrets['passphrase'] = `${passphrase}\n`;
      return { file: name, passphrase: { file: 'passphrase' }, ...kid };
    }
    switch (dice.roll(3)) {
      case 0:
        this.environment[name] = text;
        return { env: name, ...kid };
      case 1:
        this.secrets[`${name}/2026.pem`] = text;
        return { directory: name, ...kid };
      default:
        this.secrets[name] = text;
        return { file: name, ...kid };
    }
  }

  /** A secret variable that holds the key. */
  variable(dice: Dice, name: string, { text, opens }: ReturnType<typeof realKey>): void {
    this.opening.push(opens);
    const source = `v${this.#count++}`;
    const isFile = dice.chance(50);
    (isFile ? this.secrets : this.environment)[source] = text;
    this.variables[name] = isFile ? { file: source } : { env: source };
  }
}

/** The part of an Apigee policy with a key. */
function apigeeKey(family: Family, isRecipient: boolean, variable: string): string {
  const asymmetric = isRecipient ? 'PublicKey' : 'PrivateKey';
  const element = family === 'secret' ? 'SecretKey' : asymmetric;
  return `<${element}><Value ref="${variable}"/></${element}>`;
}

interface Policy {
  readonly text: string;
  readonly entry: object;
}

function apigeeSigned(dice: Dice, world: World): Policy {
  const [name, family, bytes] = dice.pick(algorithms);
  const key = realKey(family, bytes, false);
  const isDeclared = dice.chance(40);
  const entry = isDeclared ? { key: world.place(dice, key, family, false) } : {};
  if (!isDeclared) world.variable(dice, 'private.key', key);
  const id = dice.chance(30) ? '<Id/>' : '';
  const claims = `<Subject>x</Subject><Issuer>i</Issuer><ExpiresIn>1h</ExpiresIn>${id}`;
  return {
    text: `<GenerateJWT name="a"><Algorithm>${name}</Algorithm>${apigeeKey(family, false, 'private.key')}${claims}</GenerateJWT>`,
    entry,
  };
}

function apigeeEncrypted(dice: Dice, world: World): Policy {
  const [name, family, bytes] = dice.pick(managements);
  const key = realKey(family, bytes, true);
  const isDeclared = dice.chance(40);
  const entry = isDeclared ? { recipient: world.place(dice, key, family, true) } : {};
  if (!isDeclared) world.variable(dice, 'private.wrap', key);
  const content = dice.pick(['A128GCM', 'A256GCM', 'A128CBC-HS256']);
  const algorithm = `<Type>Encrypted</Type><Algorithms><Key>${name}</Key><Content>${content}</Content></Algorithms>`;
  const claims = '<Subject>x</Subject><ExpiresIn>1h</ExpiresIn>';
  return {
    text: `<GenerateJWT name="a">${algorithm}${apigeeKey(family, true, 'private.wrap')}${claims}</GenerateJWT>`,
    entry,
  };
}

function flex(dice: Dice, world: World): Policy {
  const [name, family, bytes] = dice.pick(algorithms.filter(([one]) => one !== 'ES384'));
  const place = world.place(dice, realKey(family, bytes, false), family, false);
  const isNamed = dice.chance(50);
  if (isNamed) world.keys['shared'] = dice.chance(50) ? place : { versions: [place] };
  const kid = dice.chance(30) ? [{ name: 'kid', value: 'of-the-policy' }] : [];
  const claims = { customClaims: [{ name: 'sub', value: 'x' }], customHeaders: kid };
  const config = { signingMethod: name, iat: true, exp: 300, ...claims };
  const text = JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
  return { text, entry: { key: isNamed ? 'shared' : place } };
}

function datapower(dice: Dice, world: World): Policy {
  const signed = dice.chance(70) ? dice.pick(algorithms.filter(([one]) => one !== 'ES384')) : undefined;
  const encrypted = signed === undefined || dice.chance(40) ? dice.pick(managements.slice(0, 1)) : undefined;
  const properties: Record<string, unknown> = { version: '2.0.0', 'iss-claim': 'iss.claim', 'exp-claim': 60 };
  for (const [part, found] of [
    ['jws', signed],
    ['jwe', encrypted],
  ] as const) {
    if (found === undefined) continue;
    const [name, family, bytes] = found;
    properties[`${part}-alg`] = name;
    if (part === 'jwe') properties['jwe-enc'] = dice.pick(['A128GCM', 'A256CBC-HS512']);
    properties[`${part}-crypto`] = part;
    world.keys[part] = world.place(dice, realKey(family, bytes, part === 'jwe'), family, part === 'jwe');
  }
  return { text: JSON.stringify([{ 'jwt-generate': properties }]), entry: {} };
}

const makers = [apigeeSigned, apigeeEncrypted, flex, datapower];

async function run(effort: Effort): Promise<string> {
  const counts = { compared: 0, encrypted: 0, unusable: 0 };
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed + number);
    const world = new World();
    const { text, entry } = dice.pick(makers)(dice, world);
    const { keys, variables } = world;
    world.files['p'] = text;
    const policies = [{ name: 'p', file: 'p', output: { header: 'x-token' }, ...entry }];
    world.files['mintproc.yaml'] = JSON.stringify({
      policies,
      routes: [{ match: {}, policies: ['p'] }],
      keys,
      variables,
    });
    const outcome = await compareBoth(world);
    counts[outcome]++;
  }
  return `${counts.compared} signed and ${counts.encrypted} encrypted tokens, ${counts.unusable} configurations unusable`;
}

function load(world: World, standInKeys: StandInKeys | undefined): Snapshot | string {
  const isHere = standInKeys === undefined;
  const files = memoryFiles({ ...world.files, ...(isHere ? world.secrets : {}) });
  const environment = isHere ? world.environment : {};
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files, environment, standInKeys });
  const errors = problems.filter(({ severity }) => severity === 'error');
  return snapshot ?? errors.map(({ code, message }) => `${code}: ${message}`).join('\n');
}

async function compareBoth(world: World): Promise<'compared' | 'encrypted' | 'unusable'> {
  const real = load(world, undefined);
  if (typeof real === 'string') return 'unusable';
  const standIns = new StandInKeys();
  const made = load(world, standIns);
  const configuration = JSON.stringify([world.files, Object.keys(world.secrets), Object.keys(world.environment)]);
  if (typeof made === 'string') throw new Finding(`It does not load without its keys: ${made}\n${configuration}`);
  const opening = standIns.made.map(({ key }) => key);
  const [one, other] = [await partsOf(mint(real, 0), world.opening), await partsOf(mint(made, 0), opening)];
  if (text(one, world) !== text(other, world)) {
    throw new Finding(`${text(one, world)} is another token than ${text(other, world)}\n${configuration}`);
  }
  return one.isEncrypted ? 'encrypted' : 'compared';
}

interface Parts {
  readonly isEncrypted: boolean;
  /** As they are written, the header of an inner token included. */
  readonly headers: readonly string[];
  readonly content: string;
}

async function partsOf(written: string, keys: readonly KeyObject[]): Promise<Parts> {
  const reading = readToken(written);
  if (!reading.ok) throw new Finding(`It is no token: ${reading.message}`);
  const { token } = reading;
  if (token.kind === 'signed') {
    return { isEncrypted: false, headers: [headerOf(written)], content: String(token.content) };
  }
  for (const key of keys) {
    const opening = await openToken(token, key);
    if (!opening.ok) continue;
    const content = String(opening.content);
    if (content.startsWith('{')) return { isEncrypted: true, headers: [headerOf(written)], content };
    const inside = await partsOf(content, []);
    return { isEncrypted: true, headers: [headerOf(written), ...inside.headers], content: inside.content };
  }
  throw new Finding('No key opens the token.');
}

function headerOf(token: string): string {
  return Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
}

/** Without what is random, and without the kid that a key gives. Random ids are the same in both. */
function text({ headers, content }: Parts, { isKidOfKey }: World): string {
  const compared = headers.map((header) => {
    const random = new Set(['epk', 'iv', 'tag', 'p2s']);
    const members = Object.entries(JSON.parse(header)).map(([name, value]) => {
      const isOfKey = name === 'kid' && isKidOfKey && value !== 'of-the-policy';
      return [name, random.has(name) || isOfKey ? typeof value : value];
    });
    return JSON.stringify(members);
  });
  return [...compared, content].join(' ');
}
