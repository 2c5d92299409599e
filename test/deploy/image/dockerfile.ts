/**
 * @module
 * A Dockerfile without Docker: its instructions, and its stages carried out in folders that stand for their file
 * systems. Covers what ours uses, and refuses the rest, so that no instruction is passed over.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';

export interface Instruction {
  readonly name: string;
  /** On one line. */
  readonly text: string;
}

/** What a container of the last stage runs with. */
export interface Image {
  /** The folder that stands for `/`, above the base image. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workdir: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly healthcheck: readonly string[];
}

/** @throws Error for a line that is no instruction */
export function instructionsOf(dockerfile: string): readonly Instruction[] {
  const lines = dockerfile.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, ' ');
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, text] = /^([A-Z]+) +(.+)$/.exec(line) ?? [];
      if (name === undefined || text === undefined) throw new Error(`This line is no instruction: ${line}`);
      return { name, text };
    });
}

/**
 * The paths of the build context, by the `.dockerignore`.
 *
 * @throws Error unless the file excludes everything and then admits paths, one on each line
 */
export function admittedBy(dockerignore: string): readonly string[] {
  const [all, ...lines] = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (all !== '*' || lines.some((line) => !/^![\w./-]+$/.test(line))) {
    throw new Error('The ignore file is no list of admitted paths.');
  }
  return lines.map((line) => line.slice(1));
}

interface Stage extends Image {
  readonly name: string;
  readonly args: ReadonlyMap<string, string>;
}

type Handler = (stage: Stage, text: string, build: Build) => Partial<Stage>;

export interface BuildOptions {
  /** The folder of the build context, which has only what the ignore file admits. */
  readonly context: string;
  /** An empty folder. */
  readonly into: string;
  /** `--build-arg`. */
  readonly args?: Readonly<Record<string, string>>;
  /** The environment of the commands, beside what the Dockerfile sets. */
  readonly env: NodeJS.ProcessEnv;
}

interface Build extends BuildOptions {
  readonly stages: readonly Stage[];
  readonly global: ReadonlyMap<string, string>;
}

/** Carries out every stage. @returns the last @throws Error for a command that fails, or an unknown instruction */
export function build(instructions: readonly Instruction[], options: BuildOptions): Image {
  const stages: Stage[] = [];
  // Before the first FROM, arguments are those of no stage; a stage sees one that it names again.
  let stage: Stage = { ...empty, root: '', args: new Map() };
  let global = stage.args;
  for (const { name, text } of instructions) {
    if (name === 'FROM') {
      const [, , as = ''] = /^(.*?)(?: AS (\w+))?$/.exec(text) ?? [];
      if (stages.length === 0) global = stage.args;
      const root = join(options.into, `stage-${stages.length}`);
      mkdirSync(root);
      stage = { ...empty, root, name: as, args: new Map() };
      stages.push(stage);
      continue;
    }
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`${name} is an instruction that this test does not know.`);
    stage = { ...stage, ...handler(stage, text, { ...options, stages, global }) };
    if (stages.length > 0) stages[stages.length - 1] = stage;
  }
  return stage;
}

const empty = {
  name: '',
  env: {},
  labels: {},
  user: '',
  workdir: '/',
  entrypoint: [],
  cmd: [],
  healthcheck: [],
} as const;

const handlers: Readonly<Record<string, Handler>> = {
  ARG({ args }, text, build) {
    const [name = '', fallback] = text.split('=', 2);
    const value = build.args?.[name] ?? fallback ?? build.global.get(name);
    return value === undefined ? {} : { args: new Map([...args, [name, value]]) };
  },
  LABEL: (stage, text) => ({ labels: { ...stage.labels, ...pairsOf(text, stage) } }),
  ENV: (stage, text) => ({ env: { ...stage.env, ...pairsOf(text, stage) } }),
  WORKDIR({ root }, text) {
    mkdirSync(join(root, text), { recursive: true });
    return { workdir: text };
  },
  USER: (_, text) => ({ user: text }),
  COPY(stage, text, build) {
    const [, from, paths = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(text) ?? [];
    const names = paths.split(' ');
    const target = names.pop() ?? '';
    const source = from === undefined ? build.context : build.stages.find(({ name }) => name === from)?.root;
    if (source === undefined) throw new Error(`COPY --from=${from}: no stage has this name.`);
    for (const name of names) {
      const to = target.endsWith('/') ? posix.join(target, basename(name)) : target;
      cpSync(join(source, name), join(stage.root, posix.resolve(stage.workdir, to)), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
    return {};
  },
  RUN({ root, workdir, args, env }, text, build) {
    execFileSync('/bin/sh', ['-c', text], {
      cwd: join(root, workdir),
      env: { ...build.env, ...Object.fromEntries(args), ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return {};
  },
  EXPOSE: () => ({}),
  STOPSIGNAL: () => ({}),
  HEALTHCHECK: (_, text) => ({ healthcheck: listOf(text.replace(/^.* CMD /, '')) }),
  ENTRYPOINT: (_, text) => ({ entrypoint: listOf(text) }),
  CMD: (_, text) => ({ cmd: listOf(text) }),
};

/** The exec form. @throws Error for the form that a shell reads */
function listOf(text: string): readonly string[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list) || list.some((word) => typeof word !== 'string')) throw new Error(`No list: ${text}`);
  return list;
}

/** `a=b c="d ${E}"`, with the values of arguments; one that is not given is empty. */
function pairsOf(text: string, { args }: Stage): Record<string, string> {
  const pairs = text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g);
  return Object.fromEntries(
    Array.from(pairs, ([, name = '', quoted, plain = '']) => [
      name,
      (quoted ?? plain).replace(/\$\{(\w+)\}/g, (_, arg: string) => args.get(arg) ?? ''),
    ]),
  );
}

/** Copies what the ignore file admits. @returns the folder */
export function contextOf(project: string, dockerignore: string, into: string): string {
  for (const path of admittedBy(readFileSync(dockerignore, 'utf8'))) {
    if (existsSync(join(project, path))) cpSync(join(project, path), join(into, path), { recursive: true });
  }
  return into;
}
