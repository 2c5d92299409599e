/**
 * @module
 * What the comments and the README.md of each sample name is there: files, paths in a pod, commands and what they act
 * on, Services, keys of the configuration.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { deployed } from './samples/pods.ts';
import { commandsOf, project, SampleFolder } from './samples/sample-folder.ts';

const schema = readFileSync(join(project, 'config', 'mintproc.schema.json'), 'utf8');
const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(project, 'package.json'), 'utf8'),
);

/** What a person reads: a page whole, and the comments of anything else. Addresses of other sites are left out. */
function wordsOf(file: string): string {
  const text = readFileSync(join(project, file), 'utf8');
  const words = file.endsWith('.md')
    ? text
    : Array.from(text.matchAll(/(?:^|\s)# (.*)$/gm), ([, line]) => line).join('\n');
  return words.replace(/\bhttps?:\/\/\S+/g, '');
}

/** What is named in the words of a file of a sample, and is not there. */
function missing(file: string, words: string, sample: SampleFolder): readonly string[] {
  return Object.entries(claims).flatMap(([kind, { pattern, holds }]) =>
    Array.from(words.matchAll(pattern), ([, name = '']) => name)
      .filter((name) => !holds(name, { file, sample }))
      .map((name) => `${kind}: ${name}`),
  );
}

interface Place {
  readonly file: string;
  readonly sample: SampleFolder;
}
interface Claim {
  /** Its first group is the name. */
  readonly pattern: RegExp;
  readonly holds: (name: string, place: Place) => boolean;
}

/** Names in backticks that belong to Kubernetes, Istio, Envoy or HTTP, and that no file of the sample writes. */
const foreign = [
  'tls',
  'credentialName',
  'x_token',
  'x-token',
  'x-forwarded-for',
  'authorization',
  'git',
  'mergeType',
  'tcp-PORT',
];

const claims: Readonly<Record<string, Claim>> = {
  'a file': {
    pattern: /(?<![\w./-])((?:\.\.\/|[\w-]+\/)*[\w.-]+\.(?:yaml|json|md|ts|pem)|(?:\.\.\/|deploy\/)[\w./-]*\w)/g,
    holds: (name, { file, sample }) =>
      /^keys\/partner-[12]\.pem$/.test(name) ||
      [dirname(join(project, file)), sample.folder, join(sample.folder, 'config'), project].some((folder) =>
        existsSync(join(folder, name)),
      ),
  },
  'a path in a pod': {
    pattern: /(?<![\w.])(\/(?:etc|run|var)\/[\w./-]+)/g,
    holds: (name, { sample }) => sample.mountPaths.some((mountPath) => name.startsWith(mountPath)),
  },
  'an object of Kubernetes': {
    pattern: /\b((?:deployment|service|secret|configmap)\/[\w-]+)/g,
    holds: (name, { sample }) => namesOf(sample).includes(name),
  },
  'a Service': {
    pattern: /\bService `?(gateway[\w-]*)/g,
    holds: (name, { sample }) => namesOf(sample).includes(`service/${name}`),
  },
  'an npm script': { pattern: /\bnpm run ([\w-]+)/g, holds: (name) => scripts[name] !== undefined },
  'a key of the configuration or of the sample': {
    pattern: /`([\w-]+(?:\.[A-Za-z][\w-]*)*)`/g,
    holds: (name, { sample }) =>
      foreign.includes(name) ||
      name.split('.').every((part) => schema.includes(`"${part}"`)) ||
      sample.objects.some((object) => JSON.stringify(object).includes(`"${name}"`)) ||
      existsSync(join(sample.folder, name)) ||
      namesOf(sample).some((object) => object.endsWith(`/${name}`)),
  },
};

function namesOf(sample: SampleFolder): readonly string[] {
  return sample.objects.map((object) => {
    const { kind, metadata }: { kind: string; metadata: { name: string } } = Object(object);
    return `${kind.toLowerCase()}/${metadata.name}`;
  });
}

/** The commands that an operator types. Those of a README.md are run by the other tests, but for `kubectl`. */
const programs = ['mkdir', 'openssl', 'kubectl'];

for (const name of Object.keys(deployed)) {
  const sample = new SampleFolder(join(project, 'deploy', name));
  for (const file of globSync(`deploy/${name}/**/*.{yaml,md}`, { cwd: project })) {
    test(`${file} names what is there`, () => assert.deepEqual(missing(file, wordsOf(file), sample), []));
  }

  test(`deploy/${name}: every command of README.md is one that is known here`, () => {
    const lines = commandsOf(sample.read('README.md'));
    assert.ok(lines.length > 0);
    assert.deepEqual(
      lines.filter((line) => !programs.some((program) => line.startsWith(`${program} `))),
      [],
    );
    const applied = lines.filter((line) => line.startsWith('kubectl '));
    assert.deepEqual(new Set(applied), new Set(['kubectl apply -k .']));
  });
}

test('deploy/Dockerfile names what is there', () => {
  const words = wordsOf('deploy/Dockerfile');
  const built = /docker build -f (\S+) /.exec(words)?.[1] ?? '';
  assert.ok(existsSync(join(project, built)));
});

const wrong: [words: string, found: string][] = [
  ['see OTHER.md', 'a file: OTHER.md'],
  ['the container of deploy/nowhere', 'a file: deploy/nowhere'],
  ['`config/other.yaml`', 'a file: config/other.yaml'],
  ['keys in /etc/other/keys', 'a path in a pod: /etc/other/keys'],
  ['kubectl rollout restart deployment/other', 'an object of Kubernetes: deployment/other'],
  ['the Service gateway-other', 'a Service: gateway-other'],
  ['npm run other', 'an npm script: other'],
  ['set `publishBehind`', 'a key of the configuration or of the sample: publishBehind'],
];

for (const [words, found] of wrong) {
  test(`what is not there is found: ${words}`, () => {
    const sample = new SampleFolder(join(project, 'deploy', 'kubernetes'));
    assert.deepEqual(missing('deploy/kubernetes/README.md', words, sample), [found]);
  });
}
