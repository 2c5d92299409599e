/**
 * `include`: the files of several teams as one configuration.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween, describeDifference } from '../../src/configuration/changes.ts';
import { parts } from '../../src/configuration/configuration-digests.ts';
import type { FileReader } from '../../src/configuration/files.ts';
import { maxIncluded } from '../../src/configuration/include-search.ts';
import { noSigningKeys } from '../../src/configuration/keys/key-rings.ts';
import type { Loaded } from '../../src/configuration/load.ts';
import { type CheckMessage, check } from '../../src/configuration/reload/check.ts';
import { CollectedInputs, repeatLoad } from '../../src/configuration/reload/load-inputs.ts';
import { loadSinglePolicy } from '../../src/configuration/single-policy.ts';
import { formatProblem } from '../../src/diagnostics/problem.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { decideAtOnce } from '../at-once.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles, request, secret } from './memory-files.ts';

type Files = Readonly<Record<string, string>>;

const lasting = (text: string): string => text.replace('"exp":0', '"exp":300');
const policy = lasting(flexPolicy({ iss: 'mint' }));
const keyless = lasting(flexPolicy({ iss: 'mint' }, ''));

/** The routes and the policy of a team, whose files are in its own folder. */
function team(name: string): Files {
  return {
    [`teams/${name}/mintproc.yaml`]: `policies: [{ name: ${name}, file: policy.yaml, key: ${name}-key }]
routes: [{ match: { pathPrefix: /${name} }, policies: [${name}] }]
variables: { ${name}-tier: { file: tier.txt } }
keys: { ${name}-key: { file: key.txt } }
`,
    [`teams/${name}/policy.yaml`]: keyless,
    [`teams/${name}/key.txt`]: secret,
    [`teams/${name}/tier.txt`]: 'gold',
  };
}

const main = "include: ['teams/*/mintproc.yaml']\n";
const two: Files = { 'conf.yaml': main, ...team('a'), ...team('b') };

function load(files: Files, file = 'conf.yaml'): Loaded {
  return loadConfiguration(file, { files: memoryFiles(files) });
}

function problemsOf(files: Files): string[] {
  return load(files).problems.map(({ code, severity, place }) => {
    const before = severity === 'error' ? '' : `${severity} `;
    return `${before}${code} ${place.file}:${place.line}:${place.column}`;
  });
}

const other = `policies: [{ name: c, file: ../policy.yaml }]\nroutes: [{ match: { pathPrefix: /c }, policies: [c] }]\n`;
const single: Files = { 'policy.yaml': policy, 'conf.yaml': "include: ['teams/*.yaml']\n", 'teams/c.yaml': other };

const found: [name: string, files: Files, problems: string[]][] = [
  ['two teams', two, []],
  ['one file', single, []],
  ['an empty list', { ...single, 'conf.yaml': 'include: []\n' }, ['config.missing-key conf.yaml:1:10']],
  ['no policies at all', { 'conf.yaml': 'routes: []\n' }, ['config.missing-key conf.yaml:1:1']],
  [
    'a pattern without a file',
    { ...single, 'conf.yaml': "include: ['teams/*.yaml', 'none/*.yaml', 'none/*/x.yaml']\n" },
    ['warning config.empty-include conf.yaml:1:27', 'warning config.empty-include conf.yaml:1:42'],
  ],
  [
    'a pattern whose end does not exist',
    { ...single, 'conf.yaml': "include: ['teams/*.yaml', '*/none.yaml']\n" },
    ['warning config.empty-include conf.yaml:1:27'],
  ],
  [
    'a file that does not exist',
    { ...single, 'conf.yaml': "include: ['teams/*.yaml', teams/none.yaml]\n" },
    ['config.unreadable-file conf.yaml:1:27'],
  ],
  [
    'a file twice',
    { ...single, 'conf.yaml': "include: [teams/c.yaml, 'teams/*.yaml', './teams/../teams/c.yaml']\n" },
    ['note config.included-twice conf.yaml:1:25', 'note config.included-twice conf.yaml:1:41'],
  ],
  [
    'the file itself',
    { 'conf.yaml': `include: ['*.yaml']\n${other.replace('../policy.yaml', 'policies/p')}`, 'policies/p': policy },
    ['note config.included-twice conf.yaml:1:11'],
  ],
  [
    'a pattern of another tool',
    { ...single, 'conf.yaml': "include: ['teams/**/*.yaml']\n" },
    ['config.invalid-value conf.yaml:1:11'],
  ],
  [
    'a setting, which belongs in mintproc.yaml',
    { ...single, 'teams/c.yaml': `listen: 127.0.0.1:1\nallow: []\ninclude: [x]\n${other}` },
    [1, 2, 3].map((line) => `config.misplaced-key teams/c.yaml:${line}:1`),
  ],
  ['an unknown key', { ...single, 'teams/c.yaml': `polices: []\n${other}` }, ['config.unknown-key teams/c.yaml:1:1']],
  ['a policy file', { ...single, 'teams/p.yaml': policy }, ['config.wrong-type teams/p.yaml:1:1']],
  ['an empty file', { ...single, 'teams/d.yaml': '# later\n' }, ['config.missing-key teams/d.yaml:1:1']],
  ['a file that is not YAML', { ...single, 'teams/d.yaml': 'a: [' }, ['config.syntax teams/d.yaml:1:4']],
  [
    'a policy with a mistake',
    { ...single, 'teams/d.yaml': 'policies: [{ name: d, fil: x }]\n' },
    ['config.unknown-key teams/d.yaml:1:23'],
  ],
  [
    'a policy of another file with the same name',
    { ...single, 'teams/d.yaml': other },
    ['config.duplicate-policy teams/d.yaml:1:20'],
  ],
  [
    'a variable and a key of another file with the same names',
    { ...two, 'conf.yaml': `${main}variables: { a-tier: x }\nkeys: { b-key: { file: teams/b/key.txt } }\n` },
    [
      'config.duplicate-declaration teams/a/mintproc.yaml:3:22',
      'config.duplicate-declaration teams/b/mintproc.yaml:4:16',
    ],
  ],
  [
    'a route that one of another file covers',
    { ...single, 'conf.yaml': `${single['conf.yaml']}routes: [{ match: {}, deny: true }]\n` },
    ['warning config.unreachable-route teams/c.yaml:2:19'],
  ],
  [
    'an unknown policy in a route',
    { ...single, 'teams/d.yaml': 'routes: [{ match: { host: d.com }, policies: [d] }]\n' },
    ['config.unknown-policy teams/d.yaml:1:47'],
  ],
  [
    'a policy that no route uses',
    { ...single, 'teams/d.yaml': 'policies: [{ name: d, file: ../policy.yaml }]\n' },
    ['warning config.unused-policy teams/d.yaml:1:20'],
  ],
  [
    'a warning that the entry of another file allows',
    { ...single, 'teams/d.yaml': 'policies: [{ name: d, file: ../policy.yaml, allow: [config.unused-policy] }]\n' },
    ['note config.unused-policy teams/d.yaml:1:20'],
  ],
  [
    'two policies that write the same header',
    {
      ...single,
      'teams/d.yaml':
        'policies: [{ name: d, file: ../policy.yaml }]\nroutes: [{ match: { host: d.com }, policies: [c, d] }]\n',
    },
    ['config.duplicate-output teams/d.yaml:2:50'],
  ],
  [
    'a key file that does not exist',
    Object.fromEntries(Object.entries(two).filter(([name]) => name !== 'teams/b/key.txt')),
    ['config.unreadable-file teams/b/mintproc.yaml:4:24'],
  ],
  [
    'a variable that needs a file that does not exist',
    Object.fromEntries(Object.entries(two).filter(([name]) => name !== 'teams/b/tier.txt')),
    ['variables.unreadable teams/b/mintproc.yaml:3:30'],
  ],
  [
    'a malformed variable beside a key of the same file',
    { ...two, 'teams/b/mintproc.yaml': `${two['teams/b/mintproc.yaml']}`.replace('{ file: tier.txt }', '{ fil: x }') },
    ['config.unknown-key teams/b/mintproc.yaml:3:24'],
  ],
];
for (const [name, files, expected] of found) {
  test(`problems: ${name}`, () => {
    assert.deepEqual(problemsOf(files).sort(), [...expected].sort());
  });
}

test('an error names both places', () => {
  const [problem] = load({ ...single, 'teams/d.yaml': other }).problems;
  assert.match(problem?.message ?? '', /^The policy at teams\/c\.yaml:1:12 has the name `c` too\.$/);
  const { problems } = load({ ...two, 'conf.yaml': `${main}variables: { a-tier: x }\n` });
  assert.match(problems[0]?.message ?? '', /^The variable at conf\.yaml:2:14 has this name too\.$/);
});

test('a misplaced key is reported with where it belongs', () => {
  const { problems } = load({ ...single, 'teams/c.yaml': `strict: true\n${other}` });
  const [text = ''] = problems.map(formatProblem);
  assert.match(text, /`strict` belongs in mintproc\.yaml/);
});

/** The paths of the routes, in the order in which requests try them. */
function pathsOf(files: Files): unknown[] {
  const { snapshot, problems } = load(files);
  assert.ok(snapshot, problems.map(formatProblem).join('\n'));
  return snapshot.digests.routes.map(({ match }) => match.pathPrefix);
}

test('routes are in the order of mintproc.yaml, of the patterns and of the names', () => {
  const conf = `include: ['z/*.yaml', 'teams/*.yaml']\npolicies: [{ name: c, file: policy.yaml }]\nroutes: [{ match: { pathPrefix: /own }, policies: [c] }]\n`;
  const routed = (...paths: string[]): string =>
    `routes: [${paths.map((path) => `{ match: { pathPrefix: ${path} }, policies: [c] }`).join(', ')}]\n`;
  const files = {
    'policy.yaml': policy,
    'conf.yaml': conf,
    'teams/b.yaml': routed('/b'),
    'teams/a.yaml': routed('/a2', '/a1'),
    'z/1.yaml': routed('/z'),
  };
  assert.deepEqual(pathsOf(files), ['/own', '/z', '/a2', '/a1', '/b']);
});

test('each policy signs with the key of its own file, and requests find it', () => {
  const { snapshot, problems } = load(two);
  assert.ok(snapshot, problems.map(formatProblem).join('\n'));
  const decide = decideAtOnce(snapshot, { clock: () => 0, randomId: () => 'id' });
  for (const name of ['a', 'b']) {
    const { kind, mints } = decide(request({ ':path': `/${name}/1`, ':authority': 'x', ':method': 'GET' }));
    assert.equal(`${kind} ${mints.map(({ policy }) => policy).join()}`, `forward ${name}`);
  }
});

test(`${maxIncluded} files are included, and one more is refused`, () => {
  const many = (count: number): Files => ({
    ...single,
    ...Object.fromEntries(Array.from({ length: count }, (_, at) => [`teams/n${at}.yaml`, 'routes: []\n'])),
  });
  assert.deepEqual(problemsOf(many(maxIncluded - 1)), []);
  assert.deepEqual(problemsOf(many(maxIncluded)), ['config.invalid-value conf.yaml:1:11']);
});

test('mint and explain find the policy of an included file', () => {
  const loaded = loadSinglePolicy({ file: 'b', entry: undefined, config: 'conf.yaml' }, memoryFiles(two));
  assert.deepEqual(loaded.problems.map(formatProblem), []);
  assert.equal(loaded.policy?.name, 'b');
});

test('a load that is repeated from its inputs in another process has the included files', async () => {
  const messages: CheckMessage[] = [];
  await check({ file: 'conf.yaml', now: 0 }, { files: memoryFiles(two) }, (message) => messages.push(message));
  const read = new CollectedInputs();
  for (const message of messages) if (message.kind === 'file' || message.kind === 'folder') read.take(message);
  assert.deepEqual([...read.folders.keys()], ['teams']);
  assert.ok(read.parsed.has('teams/b/mintproc.yaml'));
  const { files, folders, parsed } = read;
  const given = {
    file: 'conf.yaml',
    version: 2,
    now: 0,
    announcedIn: 0,
    unlocked: new Map(),
    outside: new Map(),
    before: noSigningKeys,
  };
  const { snapshot, problems } = finish(repeatLoad({ ...given, files, folders, parsed }, {}));
  assert.deepEqual(problems.map(formatProblem), []);
  assert.deepEqual([...(snapshot?.policies.keys() ?? [])], ['a', 'b']);
});

test('a folder that cannot be read is named, with the reason', () => {
  const inMemory = memoryFiles(two);
  const files = { ...inMemory, list: () => ({ kind: 'failed', reason: 'may not be read by this process' }) as const };
  const { problems } = loadConfiguration('conf.yaml', { files });
  assert.deepEqual(
    problems.map(({ code, message }) => [code, message]),
    [['config.invalid-value', 'The folder teams may not be read by this process.']],
  );
});

test('what changes while it is checked is read again', async () => {
  for (const changing of ['nothing', 'a file', 'a folder']) {
    let reads = 0;
    const files: FileReader = {
      list: (path) =>
        memoryFiles(changing === 'a folder' ? { ...two, ...(reads++ > 0 ? team('c') : {}) } : two).list(path),
      read: (path) =>
        memoryFiles({ ...two, ...(changing === 'a file' ? { 'conf.yaml': `${main}# ${reads++}\n` } : {}) }).read(path),
    };
    const ends: string[] = [];
    await check({ file: 'conf.yaml', now: 0 }, { files }, (message) => {
      if (message.kind === 'end') ends.push(message.end);
    });
    assert.deepEqual(ends, [changing === 'nothing' ? 'loaded' : 'unsettled'], changing);
  }
});

const differences: [name: string, after: Files, expected: string[]][] = [
  ['nothing', two, []],
  [
    'a team more',
    { ...two, ...team('c') },
    ['policies: added c', 'keys: added c-key', 'routes: added pathPrefix=/c', 'variables: added c-tier'],
  ],
  ['the key of a team', { ...two, 'teams/b/key.txt': `${secret}!` }, ['keys: changed b-key']],
  ['the variable of a team', { ...two, 'teams/b/tier.txt': 'silver' }, ['variables: changed b-tier']],
  ['the policy of a team', { ...two, 'teams/b/policy.yaml': flexPolicy({ iss: 'b' }, '') }, ['policies: changed b']],
  // What cannot be read is neither added nor removed.
  ['a broken file', { ...two, 'teams/b/mintproc.yaml': 'a: [' }, []],
];
for (const [name, after, expected] of differences) {
  test(`differences: ${name}`, () => {
    const [old, next] = [load(two).digests, load(after).digests];
    assert.ok(old && next);
    const changes = finish(changesBetween(old, next));
    const lines = parts.flatMap((part) => {
      const text = describeDifference(changes, part);
      return text === undefined ? [] : [`${part}: ${text}`];
    });
    assert.deepEqual(lines, expected);
  });
}
