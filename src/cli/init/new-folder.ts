/**
 * @module
 * The files that `mintproc init` writes, by their paths relative to the new folder.
 */
import type { Problem } from '../../diagnostics/problem.ts';
import { commentedYaml, Flow, Noted, type Written } from '../../documents/commented-yaml.ts';
import type { PlatformValues } from '../../envoy/platform.ts';
import { type EnvoyFiles, envoyFiles, needsOfFiles } from '../envoy-files.ts';
import { type SchemaName, schemas, schemaText } from '../schemas.ts';
import type { NewFile } from '../written-files.ts';
import type { Answers, CallerName } from './answers.ts';
import type { NewPolicy } from './new-policy.ts';
import { newReadme } from './new-readme.ts';
import { callerHeader, outputTo, testCaller } from './starters.ts';

export interface NewFolder {
  readonly files: readonly NewFile[];
  readonly envoy: EnvoyFiles;
  /** What loading the configuration found. */
  readonly problems: readonly Problem[];
}

/** The time of the tests, for what is known of the tokens. */
export const testTime = '2026-01-01T00:00:00Z';

/** @param values options of the platform */
export function newFolder(answers: Answers, policies: readonly NewPolicy[], values: PlatformValues): NewFolder {
  const texts = new Map([
    ['mintproc.yaml', configurationText(answers, policies)],
    ['tests/tokens.test.yaml', testText(answers, policies)],
    ['request.yaml', requestText(answers, policies)],
    ['keys/.gitignore', '*\n!.gitignore\n'],
    ...schemasOf(answers, policies).map((name) => [`schemas/${schemas[name].file}`, schemaText(name)] as const),
  ]);
  const written = new Map<string, Uint8Array>([
    ...policies.map(({ path, bytes }) => [path, bytes] as const),
    ...Array.from(texts, ([path, text]) => [path, Buffer.from(text)] as const),
  ]);
  const { needs, problems } = needsOfFiles(written);
  const envoy = envoyFiles(needs, answers.proxy, values);
  for (const [path, text] of envoy.files) written.set(path, Buffer.from(text));
  written.set('README.md', Buffer.from(newReadme(answers, envoy)));
  const keys = policies.flatMap(({ key }) => (key === undefined ? [] : [{ ...key, isPrivate: true }]));
  // A policy of one's own may have its key in it.
  const secret = new Set(policies.filter(({ expected }) => expected === undefined).map(({ path }) => path));
  const files = Array.from(written, ([path, bytes]) => ({ path, bytes, isPrivate: secret.has(path) }));
  return { files: [...files, ...keys], envoy, problems };
}

function schemasOf({ dialect }: Answers, policies: readonly NewPolicy[]): readonly SchemaName[] {
  const isStarter = policies.some(({ expected }) => expected !== undefined);
  return ['configuration', 'test', 'request', ...(isStarter && dialect === 'flex' ? (['flex'] as const) : [])];
}

/** The editor's own line, and what the file is. */
function heading(schema: SchemaName, folder: string, text: string): string {
  return `yaml-language-server: $schema=${folder}schemas/${schemas[schema].file}\n\n${text}`;
}

function configurationText({ caller, proxy }: Answers, policies: readonly NewPolicy[]): string {
  const about =
    'Made by `mintproc init`. Paths are relative to this file. Check it with: mintproc validate --strict mintproc.yaml';
  return commentedYaml(heading('configuration', './', about), [
    {
      ...(proxy === 'envoy-gateway' ? { listen: new Noted(sharedSocket, 'unix:/run/mintproc/mintproc.sock') } : {}),
      ...authenticationOf(caller),
      policies: policies.map(({ name, path, settings }) => ({
        name,
        file: path,
        ...settings,
        ...(caller === 'none'
          ? {}
          : { requireCaller: new Noted('Without a caller there is no token, but a 401.', true) }),
      })),
      unmatched: new Noted('A request that no route matches is refused.', 'deny'),
      routes: new Noted(
        'The first match wins.',
        policies.map((policy) => routeOf(policy, policies.length === 1)),
      ),
    },
  ]);
}

const sharedSocket = 'Envoy Gateway connects to no loopback address: in one pod, both mount the folder of this socket.';

function routeOf({ name }: NewPolicy, isOnly: boolean): Written {
  return {
    name,
    match: new Flow(isOnly ? {} : { pathPrefix: `/${name}` }),
    policies: new Flow([name]),
  };
}

const sources: Readonly<Record<Exclude<CallerName, 'none'>, readonly [comment: string, source: object]>> = {
  jwt_authn: [
    "Envoy's filter jwt_authn verifies the caller's token; its claims are the caller.",
    { from: 'jwt_authn' },
  ],
  ext_authz: ['The metadata that the server of ext_authz returns is the caller.', { from: 'ext_authz' }],
  headers: [
    'This header is trusted: a filter of Envoy must set it, after it has removed what a client sent.',
    { from: 'headers', principal: callerHeader },
  ],
};

function authenticationOf(caller: CallerName): Readonly<Record<string, Written>> {
  if (caller === 'none') return {};
  const [comment, source] = sources[caller];
  return { authentication: { sources: [new Noted(comment, new Flow(source))] } };
}

function requestText({ caller }: Answers, policies: readonly NewPolicy[]): string {
  const text = 'A request and its caller, for `mintproc mint` and `mintproc explain`.';
  return commentedYaml(heading('request', './', text), [requestOf(caller, policies, policies[0])]);
}

function requestOf(caller: CallerName, policies: readonly NewPolicy[], policy: NewPolicy | undefined) {
  const path = policies.length === 1 || policy === undefined ? '/orders/7' : `/${policy.name}/7`;
  return { request: new Flow({ method: 'GET', path, host: 'api.example.com' }), ...callerOf(caller) };
}

/** What a source has verified: for headers, the key of the source that names the caller. */
function callerOf(caller: CallerName): Readonly<Record<string, Written>> {
  if (caller === 'none') return {};
  return { caller: new Flow({ claims: { [caller === 'headers' ? 'principal' : 'sub']: testCaller } }) };
}

function testText({ caller, header }: Answers, policies: readonly NewPolicy[]): string {
  const about = 'What becomes of requests, for: mintproc test tests';
  const tokens = policies.map((policy): Written => {
    const { name, expected } = policy;
    return {
      name: `${name}: a request gets its token`,
      ...requestOf(caller, policies, policy),
      expect: {
        route: name,
        policy: name,
        ...(expected === undefined
          ? {}
          : {
              header: new Flow(headerTo(header)),
              jwt: { header: new Flow(expected.header), claims: new Flow(expected.claims) },
            }),
      },
    };
  });
  const { request } = requestOf(caller, policies, policies[0]);
  const refused: Written = {
    name: 'a request without a caller is refused',
    request,
    expect: new Flow({ refused: { status: 401, code: 'identity.missing' } }),
  };
  return commentedYaml(heading('test', '../', about), [
    { config: '../mintproc.yaml', at: testTime, cases: caller === 'none' ? tokens : [...tokens, refused] },
  ]);
}

function headerTo(header: string): object {
  const { prefix } = outputTo(header);
  return { name: header, prefix };
}
