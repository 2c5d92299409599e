/**
 * @module
 * What `validate` prints for a bundle loads, whatever the bundle says: the section is read by the real loader.
 */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { loadConfiguration } from '../../../../src/configuration/load.ts';
import { formatProblem } from '../../../../src/diagnostics/problem.ts';
import { type Bundle, readBundles } from '../../../../src/dialects/apigee/bundle/bundle.ts';
import { readApigeeExport } from '../../../../src/dialects/apigee/bundle/exported.ts';
import { sectionOf } from '../../../../src/dialects/apigee/bundle/section.ts';
import { memoryFiles } from '../../../configuration/memory-files.ts';
import { Dice } from '../../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../../search/search.ts';
import { loadsAsSaid } from './loads-as-said.ts';
import { assigning, type Flows, filesOf, minting, proxyEndpoint, targetEndpoint } from './made-bundle.ts';

export const search: Search = {
  name: 'bundles',
  property: 'What is printed or imported of a proxy bundle loads as it says, with the values of the bundle.',
  inputs: 100_000,
  share: 500,
  run,
};

const variables = [
  'sub',
  'nonce',
  'iss',
  'true',
  'null',
  '1.0',
  '0x1F',
  '-',
  '__proto__',
  'constructor',
  'a.b',
  'private.x',
  'private.aud',
  'private..',
  'request.header.x-user',
  'message.header.X-User',
  'request.queryparam.q',
  'proxy.basepath',
  'apiproxy.name',
  'organization.name',
  'client_id',
  'scope',
  'apigee.developer.email',
  'verifyapikey.V.client_id',
  'jwt.Mint.jwt',
];

/** Texts that YAML, XML or templates read in their own way. */
const texts = [
  'a',
  ' ',
  '  ',
  'two\nlines',
  '\n  indented\n',
  '#hash',
  'a # b',
  '- a',
  '{',
  '}',
  '[a',
  ': ',
  'a: b',
  '*a',
  '&amp;a',
  '!!x',
  '|',
  '&gt;',
  "it's",
  '"quoted"',
  '%',
  '@',
  '`',
  '~',
  'yes',
  '0300',
  '1_000',
  '2001-01-01',
  '.inf',
  '\t',
  '\u0085',
  '\u2028',
  '\ufeff',
  'é\u{1f600}',
  '&#13;',
  '\\',
  '\\n',
  '---',
  '...',
  'a'.repeat(300),
  '{nonce}',
  '{sub}',
  '{iss:x}',
  '{a.b}!',
  '{request.header.x-user}',
  '{private.x}',
  '{substring(sub,0,2)}',
  '{createUuid()}',
  "{xeger('a')}",
  'Bearer {out}',
  '{out}',
  "{jsonPath('$.a',iss)}",
  '&lt;b&gt;',
  '<![CDATA[ x ]]>',
  'a,b',
  '$&amp;',
  '\u007f',
];

const conditions = [
  'request.verb = "GET"',
  'proxy.pathsuffix MatchesPath "/a"',
  'proxy.pathsuffix MatchesPath "/**"',
  'x = "1"',
  'a\n# b: c',
  '(request.verb = "PUT") or (request.verb = "POST")',
  'request.verb = "a"',
  'proxy.pathsuffix ~/ "/a//b"',
  'request.header.X-Kind = "gold"',
  'request.header.x-kind != null',
  'request.header.host = "a"',
  'request.header.x%y = "a b"',
  'request.header.x$y = "é"',
  'request.header.authorization = "#"',
  'request.header.x-envoy-a = "1"',
  'request.queryparam.q = "a"',
  'request.queryparam.Q.1 = "b" and request.queryparam.Q-1 = "b"',
  'request.header.x_kind = "gold"',
  'request.queryparam.q != null and request.verb = "GET"',
  'request.queryparam.é = "a"',
  'request.queryparam.__proto__ = "1"',
  'request.queryparam.a%20b = ": { *a"',
  '(request.queryparam.q = "1") or (request.queryparam.q = "1")',
  `request.header.x-long = "${'a'.repeat(300)}"`,
  `request.queryparam.${'q'.repeat(300)} = "a"`,
];

const headers = ['authorization', 'X-T', 'host', 'te', 'x-envoy-a', 'bad header', ':path', 'jwt'];

function policies(dice: Dice): Record<string, string> {
  // Few names, so that policies set what others read.
  const names = [dice.pick(variables), dice.pick(variables), dice.pick(variables)];
  const form = (): string => {
    const text = dice.pick(texts);
    const name = dice.pick(names);
    return dice.pick([
      `<Value>${text}</Value>`,
      `<Template>${text}</Template>`,
      `<Ref>${name}</Ref>`,
      `<Ref>${name}</Ref><Value>${text}</Value>`,
      `<Template>{${name}}${text}</Template>`,
      '<PropertySetRef>a.b</PropertySetRef>',
    ]);
  };
  const claims = `<Subject ref="${dice.pick(names)}"/><Issuer ref="${dice.pick(names)}">i</Issuer>
    <AdditionalClaims><Claim name="c" ref="${dice.pick(names)}"/></AdditionalClaims>
    <OutputVariable>${dice.pick(['out', 'private.out', 'request.header.x-t', 'response.content'])}</OutputVariable>`;
  const second = `<Subject ref="${dice.pick(names)}"/><OutputVariable>request.header.x-second</OutputVariable>`;
  return {
    Second: minting('Second', second),
    V: dice.pick([
      '<VerifyAPIKey name="V"/>',
      '<OAuthV2 name="V"><Operation>VerifyAccessToken</Operation></OAuthV2>',
      '<OAuthV2 name="V"><Operation>GenerateAccessToken</Operation></OAuthV2>',
    ]),
    Mint: minting(dice.pick(['Mint', 'Mint', 'Mint it', 'Minté #1: {']), claims),
    A: assigning('A', dice.pick(names), form(), dice.chance(10) ? 'enabled="false"' : ''),
    B: assigning('B', dice.pick(names), form(), dice.chance(10) ? 'continueOnError="true"' : ''),
    C: assigning('C', dice.pick(names), form()),
    Put: `<AssignMessage name="Put"><Set><Headers><Header name="${dice.pick(headers)}">${dice.pick(texts)}{out}</Header>
      </Headers></Set></AssignMessage>`,
    J: `<Javascript name="J"><Source>context.setVariable('${dice.pick(names)}', 1)</Source></Javascript>`,
  };
}

function flows(dice: Dice, mint: string): Flows {
  const name = (): string => dice.pick(['A', 'B', 'C', 'J', 'V', 'Put', 'Second', mint, mint]);
  const call = (): string => (dice.chance(15) ? `${name()} when ${dice.pick(conditions)}` : name());
  const some = (): string[] => Array.from({ length: dice.roll(4) }, call);
  return {
    Pre: [some(), dice.chance(20) ? some() : []],
    [`Flow ${dice.pick(conditions)}`]: [some()],
    [`Flow ${dice.pick(conditions)} `]: [some()],
    Post: [some()],
  };
}

const own = minting('Own', '');

/** @throws Finding */
function check(section: string, files: Readonly<Record<string, string>>): void {
  const hasPolicy = /^policies:/m.test(section);
  const text = [
    section,
    hasPolicy ? '' : 'policies: [{ name: own, file: own.xml, key: { file: secrets/own } }]\n',
    /^routes:/m.test(section) ? '' : 'allowRoutePolicy: true\n',
  ].join('');
  const secrets = Array.from(`${text} secrets/own`.matchAll(/secrets\/[^\s,}"]+/g), ([path]) => [path, 'k'.repeat(40)]);
  const all = { ...files, 'own.xml': own, ...Object.fromEntries(secrets), 'mintproc.yaml': text };
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files: memoryFiles(all) });
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
  if (snapshot === undefined || errors.length > 0) throw new Finding(`${errors.join('\n')}\n${text}`);
}

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  let values = 0;
  let own = 0;
  let routed = 0;
  let named = 0;
  for await (const _ of effort.inputs()) {
    const files = madeFiles(dice);
    const wrong = loadsAsSaid(readApigeeExport(filesOf(files)));
    if (wrong !== undefined) throw new Finding(wrong);
    for (const bundle of readBundles(filesOf(files), {})) {
      const section = sectionOf(bundle);
      check(section, files);
      values += valuesIn(section, bundle);
      own += ownValuesIn(section, bundle);
      named += /^ {2}- \{ match: .*(?:headers|query):/m.test(section) ? 1 : 0;
      routed += /^routes:/m.test(section) ? 1 : 0;
    }
  }
  return `${values} values, ${own} of one policy, ${routed} with routes, ${named} by header or query`;
}

function madeFiles(dice: Dice): Readonly<Record<string, string>> {
  const made = policies(dice);
  const mint = /name="([^"]*)"/.exec(made['Mint'] ?? '')?.[1] ?? '';
  return {
    ...Object.fromEntries(Object.entries(made).map(([name, text]) => [`apiproxy/policies/${name}.xml`, text])),
    'apiproxy/proxies/default.xml': proxyEndpoint(flows(dice, mint)),
    'apiproxy/targets/t.xml': targetEndpoint(flows(dice, mint)),
    'apiproxy/p.xml': `<APIProxy name="${dice.pick(['p', '#', 'a: b', '', '{', 'é\n'])}"/>`,
  };
}

/** @returns how many values of one policy there are @throws Finding if an entry does not have its own */
function ownValuesIn(section: string, { variables: needed }: Bundle): number {
  const parsed = parse(section) as { policies?: { name: string; variables?: Record<string, unknown> }[] } | null;
  const values = needed.flatMap(({ name, own: found }) => found.map((value) => ({ name, ...value })));
  for (const { name, policy, form } of values) {
    const entry = parsed?.policies?.find((one) => one.name === policy);
    const expected = 'value' in form ? form.value : form;
    if (entry !== undefined && !isDeepStrictEqual(entry.variables?.[name], expected))
      throw new Finding(`${policy}: ${name}\n${section}`);
  }
  return values.length;
}

/** @returns how many values there are @throws Finding if YAML reads another value than the bundle has */
function valuesIn(section: string, { variables: needed }: Bundle): number {
  const declared = (parse(section) as { variables?: Record<string, unknown> } | null)?.variables ?? {};
  const known = needed.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, form: value.form }]));
  for (const { name, form } of known) {
    const expected = 'value' in form ? form.value : form;
    if (!isDeepStrictEqual(declared[name], expected)) throw new Finding(`${name}\n${section}`);
  }
  return known.length;
}
