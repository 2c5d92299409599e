/**
 * @module
 * `mintproc help`: lists the commands, and shows the help of a command or the page of an error code. It needs nothing
 * but the program itself.
 */
import { type Code, codes } from '../diagnostics/codes.ts';
import { isPlainName } from '../diagnostics/harmless.ts';
import { nearest } from '../diagnostics/suggest.ts';
import { type Command, type CommandRow, stringOption } from './command.ts';
import { groupAdvice, groupOf } from './help/advice.ts';
import { codePage } from './help/code-page.ts';
import { pageText } from './help/write-page.ts';
import { jsonText } from './json-text.ts';
import { paint } from './paint.ts';
import { type Terminal, UsageError } from './terminal.ts';

const help = `Usage: mintproc help [COMMAND|CODE|GROUP] [--format text|json]

Without an argument, lists the commands. With a command, shows its help. With an error code such as keys.none-active,
shows what it means, the HTTP status of a request that is refused with it, whether it can be allowed, what to do, and
an example. With a group such as keys, lists its codes.

  --format FORM   text (default) or json`;

const allCodes = Object.keys(codes) as readonly Code[];
const groups = Object.keys(groupAdvice);

/** @param commands the table of commands; @param overview the list of them, as text */
export function helpOf(commands: readonly CommandRow[], overview: string): Command {
  const names = commands.map(({ name }) => name);
  return {
    help,
    options: { format: { type: 'string' } },
    positionals: [...names, ...allCodes],
    async run(args, terminal) {
      const [name, ...more] = args.positionals;
      if (more.length > 0) throw new UsageError('Only one COMMAND or CODE can be given.');
      const asJson = stringOption(args, 'format') === 'json';
      const answer = name === undefined ? listOf(commands, overview) : await answerTo(name, commands, terminal);
      if (answer === undefined) throw new UsageError(unknown(name ?? '', [...names, ...allCodes]));
      terminal.out(asJson ? `${jsonText(answer.json, 2)}\n` : answer.text);
      return 0;
    },
  };
}

interface Answer {
  readonly text: string;
  readonly json: unknown;
}

function listOf(commands: readonly CommandRow[], text: string): Answer {
  return { text, json: { commands: commands.map(({ name, summary }) => ({ name, summary })), codes: allCodes } };
}

async function answerTo(
  name: string,
  commands: readonly CommandRow[],
  { isColoured }: Terminal,
): Promise<Answer | undefined> {
  const row = commands.find((candidate) => candidate.name === name);
  if (row !== undefined) {
    const command = await row.load();
    // `keys` is a command and a group of codes.
    const codesToo = groups.includes(name) ? groupList(name) : undefined;
    return {
      text: `${command.help}\n${codesToo === undefined ? '' : `\nThe codes of this name:\n\n${codesToo.text}`}`,
      json: { command: name, summary: row.summary, help: command.help, ...codesToo?.json },
    };
  }
  const code = allCodes.find((candidate) => candidate === name);
  if (code !== undefined) {
    const page = codePage(code);
    return { text: pageText(page, paint(isColoured)), json: page };
  }
  return groups.includes(name) ? groupList(name) : undefined;
}

interface GroupAnswer extends Answer {
  readonly json: object;
}

function groupList(group: string): GroupAnswer {
  const own = allCodes.filter((code) => groupOf(code) === group);
  const width = Math.max(...own.map((code) => code.length));
  return {
    text: own.map((code) => `${code.padEnd(width)}  ${codes[code]}\n`).join(''),
    json: { group, codes: own.map((code) => ({ code, meaning: codes[code] })) },
  };
}

/** A name that is not plain is not repeated: it may be a secret that lost its quotes. */
function unknown(name: string, known: readonly string[]): string {
  const what = isPlainName(name)
    ? `\`${name}\` is neither a command nor a code.`
    : 'This is neither a command nor a code.';
  const near = nearest(name, known) ?? codeNamed(name);
  const hint = near === undefined ? `The groups of codes are: ${groups.join(', ')}.` : `Did you mean \`${near}\`?`;
  return `${what} ${hint}`;
}

/** The code whose name after the group this is, if there is only one: `none-active` of `keys.none-active`. */
function codeNamed(name: string): Code | undefined {
  const [only, second] = allCodes.filter((code) => code.endsWith(`.${name.slice(name.indexOf('.') + 1)}`));
  return second === undefined ? only : undefined;
}
