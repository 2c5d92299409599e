/**
 * @module
 * JSON keeps its order and its digits on every way into a token: names that are array indexes, repeated names,
 * `__proto__`, and numbers of forty digits, through each dialect, declared variables and those of a request file.
 */
import { deserialize, serialize } from 'node:v8';
import { loadSinglePolicy } from '../../src/configuration/single-policy.ts';
import { parseExactly } from '../../src/diagnostics/exact-json.ts';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { exactValue } from '../../src/documents/exact-values.ts';
import { readYaml } from '../../src/documents/located-yaml.ts';
import { atOnce } from '../at-once.ts';
import { memoryFiles } from '../configuration/memory-files.ts';
import { scopeAt } from '../mint/reused-minter.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { type Sample, sameJson, sampleOf } from './json-samples.ts';

export const search: Search = {
  name: 'json-order',
  property: 'JSON has the same order and the same digits in a token as in the text that it comes from.',
  inputs: 100_000,
  share: 4_000,
  run,
};

const secret = 'a secret of at least thirty-two bytes';

const apigee = (inside: string): string =>
  `<GenerateJWT name="P"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>${inside}</GenerateJWT>`;

const flex = (expression: string): string =>
  JSON.stringify([
    {
      policyRef: { name: 'jwt-generation-flex' },
      config: {
        signingMethod: 'HS256',
        privateKey: secret,
        iat: true,
        exp: 0,
        nbf: 0,
        customClaims: [{ name: 'c', value: `#[${expression}]` }],
        customHeaders: [],
      },
    },
  ]);

const dataPower =
  '- jwt-generate: { version: 2.0.0, title: t, iss-claim: iss, jws-alg: HS256, jws-crypto: key, private-claims: v }';

const claims = (list: string): string => apigee(`<AdditionalClaims>${list}</AdditionalClaims>`);

const policies = {
  'map.xml': claims('<Claim name="c" ref="v" type="map"/>'),
  'maps.xml': claims('<Claim name="c" ref="v" type="map" array="true"/>'),
  'template.xml': claims('<Claim name="c" type="map">{"x":{v}}</Claim>'),
  'claims.xml': apigee('<AdditionalClaims ref="v"/>'),
  'header.xml': apigee('<AdditionalHeaders><Claim name="c" ref="v" type="map"/></AdditionalHeaders>'),
  'path.xml': claims('<Claim name="c" ref="found" type="map"/>'),
  'claims.yaml': dataPower,
  'read.yaml': flex("read(attributes.headers.'x-v', 'application/json')"),
  'property.yaml': flex('authentication.properties.v'),
};

type PolicyName = keyof typeof policies;

const configuration = `edition: x
variables: { private.key: { file: key }, v: { attribute: none }, iss: me, found: { template: "{jsonPath('$.x',wrapped)}" } }
keys: { key: { file: key } }
policies: [${Object.keys(policies).map((file) => `{ name: ${file}, file: ${file}, expressions: dataweave }`)}]
`;

const files = memoryFiles({ ...policies, key: secret, 'm.yaml': configuration });

function minterOf(file: string, config = 'm.yaml', from = files) {
  const { policy, problems } = loadSinglePolicy({ file, entry: undefined, config }, from);
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  return policy.minter;
}

interface Given {
  readonly variables?: Readonly<Record<string, JsonValue>>;
  readonly properties?: Readonly<Record<string, JsonValue>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The part of a token as text. */
function partOf(minter: ReturnType<typeof minterOf>, given: Given, part: 0 | 1): string {
  const scope = {
    ...scopeAt(0, given.headers ?? {}),
    published: [],
    memo: new Map(),
    variables: new Map(Object.entries(given.variables ?? {})),
    authentication: { principal: null, clientId: null, clientName: null, properties: given.properties ?? null },
  };
  const token = atOnce(minter.mint(scope)).split('.')[part] ?? '';
  return Buffer.from(token, 'base64url').toString();
}

/** The text of the member `c` of a token's JSON. */
function member(json: string): string {
  const found = /^\{.*?"c":([\s\S]*?)(?:,"(?:iat|exp|typ|alg)":[^{}[\]]*)?\}$/.exec(json)?.[1];
  if (found === undefined) throw new Error(`no member c in ${json}`);
  return found;
}

interface Way {
  readonly name: string;
  /** The text that arrived. */
  run(sample: Sample, minters: Readonly<Record<PolicyName, ReturnType<typeof minterOf>>>): string;
  /** What must have arrived, if not the sample itself. */
  readonly expected?: (text: string) => string;
}

const atRequest: readonly Way[] = [
  { name: 'the parser', run: ({ text }) => JSON.stringify(parseExactly(text)) },
  {
    name: 'an Apigee map from a variable with text',
    run: ({ text }, minters) => member(partOf(minters['map.xml'], { variables: { v: text } }, 1)),
  },
  {
    name: 'an Apigee map from a variable of a request file',
    run: ({ text }, minters) => member(partOf(minters['map.xml'], { variables: { v: parseExactly(text) } }, 1)),
  },
  {
    name: 'an Apigee list of maps',
    run: ({ text }, minters) => member(partOf(minters['maps.xml'], { variables: { v: `[${text},${text}]` } }, 1)),
    expected: (text) => `[${text},${text}]`,
  },
  {
    name: 'a value inside of an Apigee map',
    run: ({ text }, minters) => member(partOf(minters['template.xml'], { variables: { v: text } }, 1)),
    expected: (text) => `{"x":${text}}`,
  },
  {
    name: 'an Apigee header parameter',
    run: ({ text }, minters) => member(partOf(minters['header.xml'], { variables: { v: text } }, 0)),
  },
  {
    name: 'the JSONPath of a template',
    run: ({ text }, minters) => member(partOf(minters['path.xml'], { variables: { wrapped: `{"x":${text}}` } }, 1)),
  },
  {
    name: 'all additional claims of Apigee',
    run: ({ text }, minters) => member(partOf(minters['claims.xml'], { variables: { v: `{"c":${text}}` } }, 1)),
  },
  {
    name: 'private claims of DataPower, as text',
    run: ({ text }, minters) => member(partOf(minters['claims.yaml'], { variables: { v: `{"c":${text}}` } }, 1)),
  },
  {
    name: 'private claims of DataPower, as an object',
    run: ({ text }, minters) =>
      member(partOf(minters['claims.yaml'], { variables: { v: parseExactly(`{"c":${text}}`) } }, 1)),
  },
  {
    name: 'the function read of DataWeave',
    run: ({ text }, minters) => member(partOf(minters['read.yaml'], { headers: { 'x-v': text } }, 1)),
  },
  {
    name: 'a property of the caller in DataWeave',
    run: ({ text }, minters) => member(partOf(minters['property.yaml'], { properties: { v: parseExactly(text) } }, 1)),
  },
];

const xmlText = (text: string): string => text.replace(/[&<]/g, (mark) => (mark === '&' ? '&amp;' : '&lt;'));

function loaded(text: string, config: string): string {
  const policy = claims(
    text === '' ? '<Claim name="c" ref="v" type="map"/>' : `<Claim name="c" type="map">${text}</Claim>`,
  );
  const from = memoryFiles({ key: secret, 'p.xml': policy, 'm.yaml': config });
  return member(partOf(minterOf('p.xml', 'm.yaml', from), {}, 1));
}

const head = 'edition: x\nvariables: { private.key: { file: key }';
const entry = 'policies: [{ name: p, file: p.xml';

/** The configuration refuses the key `__proto__`, repeated keys, and numbers beyond the range of doubles. */
function inYaml(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => {
    if (token.startsWith('"')) return token === '"__proto__"' ? '"other"' : token;
    return Number.isFinite(Number(token)) ? token : '7';
  });
}

/** Ways that begin with a file, and so cost a load. */
const atLoad: readonly Way[] = [
  { name: 'the text of an Apigee map', run: ({ text }) => loaded(xmlText(text), `${head} }\n${entry} }]\n`) },
  {
    name: 'a declared variable',
    run: ({ distinct }) => loaded('', `${head}, v: { value: ${inYaml(distinct)} } }\n${entry} }]\n`),
    expected: inYaml,
  },
  {
    name: 'a declared variable of an entry',
    run: ({ distinct }) =>
      loaded('', `${head}, v: x }\n${entry}, variables: { v: { value: ${inYaml(distinct)} } } }]\n`),
    expected: inYaml,
  },
  {
    name: 'a declared variable with text',
    run: ({ text }) => loaded('', `${head}, v: ${JSON.stringify(text)} }\n${entry} }]\n`),
  },
  {
    name: 'a declared variable that another process parsed',
    expected: inYaml,
    run({ distinct }) {
      const source = SourceText.ofFile('v.yaml', `v: ${inYaml(distinct)}\n`);
      const file = new DocumentFile(source);
      readYaml(file, new Problems(), 'config.syntax');
      const given = new DocumentFile(source, deserialize(serialize(file.parsed)));
      const [document] = readYaml(given, new Problems(), 'config.syntax');
      if (document === undefined) throw new Error('the document was not read');
      return JSON.stringify(exactValue(document, ['v'], (document.value as { readonly v: JsonValue }).v));
    },
  },
];

/** A load costs a hundred times what a request does. */
const loadEvery = 40;

async function run(effort: Effort): Promise<string> {
  const minters = Object.fromEntries(Object.keys(policies).map((file) => [file, minterOf(file)])) as Readonly<
    Record<PolicyName, ReturnType<typeof minterOf>>
  >;
  let numbers = 0;
  for await (const input of effort.inputs()) {
    const sample = sampleOf(new Dice(effort.seed * 1_000_003 + input));
    numbers += sample.numbers;
    const rare = atLoad[(input / loadEvery) % atLoad.length];
    for (const way of input % loadEvery === 0 && rare !== undefined ? [...atRequest, rare] : atRequest) {
      const { expected = (text: string) => text } = way;
      const found = way.run(sample, minters);
      if (sameJson(found, expected(sample.distinct))) continue;
      throw new Finding(`${way.name}: ${sample.text}\nbecame ${found}`);
    }
  }
  return `${atRequest.length} ways at a request, ${atLoad.length} at load, ${numbers} numbers`;
}
