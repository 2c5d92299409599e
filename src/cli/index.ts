/**
 * @module
 * The table of commands, and the dispatch of a command line to one of them.
 */
import { parseArgs } from 'node:util';
import { isPlainName } from '../diagnostics/harmless.ts';
import { nearest } from '../diagnostics/suggest.ts';
import { type Arguments, type Command, type CommandRow, formatsOf } from './command.ts';
import { missingPackage } from './missing-package.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

const commands: readonly CommandRow[] = [
  { name: 'serve', summary: 'run beside Envoy', load: async () => (await import('./serve.ts')).serveCommand },
  {
    name: 'health',
    summary: 'check whether a running mintproc is ready',
    load: async () => (await import('./health.ts')).healthCommand,
  },
  {
    name: 'validate',
    summary: 'check configurations and policies',
    load: async () => (await import('./validate.ts')).validateCommand,
  },
  {
    name: 'init',
    summary: 'write a folder to start from',
    load: async () => (await import('./init.ts')).initCommand,
  },
  {
    name: 'import',
    summary: "make a configuration of a vendor's export",
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'mint',
    summary: 'show the token that a request would get',
    load: async () => (await import('./mint.ts')).mintCommand,
  },
  {
    name: 'test',
    summary: 'test what becomes of requests',
    load: async () => (await import('./test.ts')).testCommand,
  },
  {
    name: 'compare',
    summary: "compare a gateway's token with the one made here",
    load: async () => (await import('./compare.ts')).compareCommand,
  },
  {
    name: 'verify',
    summary: 'check a token as its recipient would',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'jwks',
    summary: 'print the public keys of a configuration',
    load: async () => (await import('./jwks.ts')).jwksCommand,
  },
  {
    name: 'publish',
    summary: 'serve the public keys of many',
    load: async () => (await import('./publish.ts')).publishCommand,
  },
  { name: 'eval', summary: 'evaluate an expression', load: async () => (await import('./eval.ts')).evalCommand },
  {
    name: 'explain',
    summary: 'describe what a policy does',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'gen',
    summary: 'write the Envoy part of a configuration',
    load: async () => (await import('./gen.ts')).genCommand,
  },
  {
    name: 'playground',
    summary: 'try policies in a browser',
    load: async () => (await import('./playground.ts')).playgroundCommand,
  },
  {
    name: 'keys',
    summary: 'list the keys of a configuration, or add the next one',
    load: async () => (await import('./keys.ts')).keysCommand,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of a file',
    load: async () => (await import('./schema.ts')).schemaCommand,
  },
  {
    name: 'completion',
    summary: 'print the completion of bash or zsh',
    load: async () => (await import('./completion.ts')).completionOf(commands),
  },
  {
    name: 'help',
    summary: 'show this help; explain a command or an error code',
    load: async () => (await import('./help.ts')).helpOf(commands, overview()),
  },
];

/** Only `serve` starts these. */
const parts: readonly CommandRow[] = [
  {
    name: 'worker',
    summary: 'serve as one of several processes',
    load: async () => (await import('./worker.ts')).workerCommand,
  },
  {
    name: 'check',
    summary: 'check a changed configuration for a running mintproc',
    load: async () => (await import('./check.ts')).checkCommand,
  },
];

/** Runs a command line (without the program's own name). @returns the exit code: 0, 1, or 2 for a wrong command line */
export async function run(line: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = line;
  if (name === undefined || name === '--help' || name === '-h') {
    terminal.out(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === 'version') {
    terminal.out(`mintproc ${terminal.version}\n`);
    return 0;
  }
  const row = [...commands, ...parts].find((candidate) => candidate.name === name);
  if (row === undefined) {
    const known = commands.map((candidate) => candidate.name);
    terminal.error(`mintproc: unknown ${quoted('command', name)}. ${didYouMean(name, known, 'commands')}`);
    return 2;
  }
  try {
    return await runCommand(name, await row.load(), rest, terminal);
  } catch (error) {
    const missing = missingPackage(error);
    if (missing === undefined) throw error;
    terminal.error(`mintproc ${name}: ${missing}`);
    return 1;
  }
}

async function runCommand(name: string, command: Command, line: string[], terminal: Terminal): Promise<number> {
  try {
    const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const;
    const args = parseArgs({ args: line, options, allowPositionals: true, strict: true });
    if (args.values.help === true) {
      terminal.out(`${command.help}\n`);
      return 0;
    }
    checkEmpty(args);
    checkFormat(command, args);
    return await command.run(args, terminal);
  } catch (error) {
    if (error instanceof CommandError) {
      terminal.error(`mintproc ${name}: ${error.message}`);
      return 1;
    }
    if (error instanceof UsageError || isParseError(error)) {
      const message = unknownOption(error, command) ?? error.message;
      terminal.error(`mintproc ${name}: ${message}\nSee: mintproc ${name} --help`);
      return 2;
    }
    throw error;
  }
}

/**
 * A variable of a shell that is not set makes an empty argument, which means nothing in any command.
 *
 * @throws UsageError if an option or another argument is empty
 */
function checkEmpty({ values, positionals }: Arguments): void {
  const empty = Object.keys(values).find((name) => [values[name]].flat().includes(''));
  const what = empty === undefined ? 'An argument' : `--${empty}`;
  if (empty === undefined && !positionals.includes('')) return;
  throw new UsageError(`${what} is empty. Is a variable of the command line not set?`);
}

/** @throws UsageError if --format names a form that the command does not have */
function checkFormat(command: Command, { values }: Arguments): void {
  const format = values['format'];
  const formats = formatsOf(command);
  if (formats === undefined || format === undefined || formats.includes(String(format))) return;
  throw new UsageError(`--format takes ${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}.`);
}

/** The errors that `parseArgs` throws for an unknown option or a missing value. */
function isParseError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/** Node's own message also explains positional arguments that begin with a dash, which no command takes. */
function unknownOption(error: Error, command: Command): string | undefined {
  const [, option] = /^Unknown option '(-[^']*)'/.exec(error.message) ?? [];
  if (option === undefined) return undefined;
  const known = [...Object.keys(command.options), 'help'].map((name) => `--${name}`);
  return `Unknown ${quoted('option', option)}. ${didYouMean(option, known, 'options')}`;
}

/** A name that is not plain is not repeated: it may be a secret that lost its quotes. */
function quoted(noun: string, name: string): string {
  return isPlainName(name) ? `${noun} \`${name}\`` : noun;
}

function didYouMean(name: string, known: readonly string[], what: string): string {
  const near = nearest(name, known);
  return near === undefined ? `The ${what} are: ${known.join(', ')}.` : `Did you mean \`${near}\`?`;
}

function overview(): string {
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`);
  return [
    'mintproc mints a JWT for every request that passes through Envoy.',
    '',
    'Usage: mintproc COMMAND [options]',
    '',
    ...rows,
    '  version     show the version',
    '',
    'Run mintproc COMMAND --help for more about a command, and mintproc help CODE for more about an error code.',
    '',
  ].join('\n');
}
