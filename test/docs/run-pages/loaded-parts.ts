/**
 * @module
 * Blocks of pages that are a part of something which mintproc loads. What a part lacks is added: the smallest that loads.
 */
import { parse, stringify } from 'yaml';
import type { FileReader } from '../../../src/configuration/files.ts';
import { StandInKeys } from '../../../src/configuration/keys/stand-in-keys.ts';
import { loadConfiguration } from '../../../src/configuration/load.ts';
import { placeText } from '../../../src/diagnostics/source-text.ts';
import { testFileSchema } from '../../../src/trial/cases/test-schema.ts';
import { flexPolicy } from '../../configuration/memory-files.ts';
import type { Block, LoadedForm } from './page-blocks.ts';

type Part = Pick<Block, 'language' | 'text'>;

/** What is wrong with a block; empty if it loads. */
export const loadedParts: Readonly<Record<LoadedForm, (part: Part) => readonly string[]>> = {
  'a part of mintproc.yaml': ({ text }) => loadErrors(completed(text), {}),
  'a policy': ({ language, text }) => {
    const file = `policy.${language}`;
    return loadErrors(completed(`policies: [{ name: policy, file: ${file} }]\n`), { [file]: text });
  },
  'a part of a test': ({ text }) => testErrors(text),
};

/** The policy of a file that a part names, by the name of the file. */
const policyFiles: readonly (readonly [name: RegExp, text: string])[] = [
  [
    /^(?:partner|billing)\.xml$/,
    `<GenerateJWT name="P"><Type>Encrypted</Type>
<Algorithms><Key>RSA-OAEP-256</Key><Content>A256GCM</Content></Algorithms>
<PublicKey><Value ref="public.key"/></PublicKey><ExpiresIn>1h</ExpiresIn></GenerateJWT>`,
  ],
  [
    /\.xml$/,
    `<GenerateJWT name="P"><Algorithm>RS256</Algorithm><PrivateKey><Value ref="private.key"/></PrivateKey>
<ExpiresIn>1h</ExpiresIn></GenerateJWT>`,
  ],
  [
    /^api\.yaml$/,
    `swagger: "2.0"
info: { title: orders, version: 1.0.0 }
x-ibm-configuration:
  catalogs: { production: { properties: { issuer: "https://production.example" } } }
  properties: { issuer: { value: "https://issuer.example" } }
  assembly:
    execute:
      - jwt-generate:
          title: first
          iss-claim: api.name
          private-claims: private.claims
          jws-alg: RS256
          jws-crypto: jwsCryptoObjectName
`,
  ],
  [/\.yaml$/, flexPolicy({ iss: 'x' })],
];

/** With policies that the part routes to, and routes to the policies that it has. */
function completed(text: string): string {
  const part = parse(text) as Readonly<Record<string, unknown>>;
  const policies = part['policies'] === undefined ? 'policies: [{ name: partner, file: partner.flex.yaml }]\n' : '';
  const named = (part['policies'] ?? [{ name: 'partner' }]) as readonly { readonly name: string }[];
  const routes = named.map(({ name }) => ({ match: { pathPrefix: `/${name}` }, policies: [name] }));
  return `${text}${policies}${part['routes'] === undefined ? stringify({ routes }) : ''}`;
}

/** With keys that are made for this: those that a page names are in files and services of its reader. */
function loadErrors(configuration: string, files: Readonly<Record<string, string>>): readonly string[] {
  const { problems } = loadConfiguration('mintproc.yaml', {
    files: readerOf({ ...files, 'mintproc.yaml': configuration }),
    standInKeys: new StandInKeys({ areForAll: true }),
  });
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ place, code, message }) => `${placeText(place)}: ${message} (${code})`);
}

function readerOf(files: Readonly<Record<string, string>>): FileReader {
  return {
    list: () => ({ kind: 'failed', reason: 'no part of a page lists a folder' }),
    read(path) {
      const text = files[path] ?? policyFiles.find(([name]) => name.test(path))?.[1];
      if (text === undefined) return { kind: 'failed', reason: 'does not exist' };
      return { kind: 'bytes', bytes: Buffer.from(text) };
    },
  };
}

/** A whole file, or the members of a case. */
function testErrors(text: string): readonly string[] {
  const part = parse(text) as Readonly<Record<string, unknown>>;
  const whole = part['cases'] === undefined ? { cases: [{ name: 'a case', request: {}, ...part }] } : part;
  const { error } = testFileSchema.safeParse({ config: 'mintproc.yaml', ...whole });
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}
