/**
 * @module
 * What `mintproc init` must know. An answer comes from an option; on a terminal, what no option says is asked.
 */
import { nearest } from '../../diagnostics/suggest.ts';
import { type PlatformName, platforms } from '../../envoy/platforms.ts';
import { CommandError, type Terminal, UsageError } from '../terminal.ts';

export const dialectNames = ['flex', 'apigee', 'datapower'] as const;
export const callerNames = ['jwt_authn', 'ext_authz', 'headers', 'none'] as const;
export const proxyNames = Object.keys(platforms) as PlatformName[];

export type DialectName = (typeof dialectNames)[number];
/** Who authenticates the callers, as `from` of a source; or nobody yet. */
export type CallerName = (typeof callerNames)[number];

export interface Answers {
  readonly dialect: DialectName;
  readonly header: string;
  readonly caller: CallerName;
  readonly proxy: PlatformName;
}

interface Question {
  readonly text: string;
  readonly byDefault: string;
  /** What can be answered; undefined for the name of a header. */
  readonly words?: readonly string[];
}

/** By the option that answers it. */
const questions: Readonly<Record<keyof Answers, Question>> = {
  dialect: {
    text: "Which gateway's policy to start from: flex (MuleSoft), apigee, datapower (IBM)?",
    byDefault: 'flex',
    words: dialectNames,
  },
  header: { text: 'Which header carries the token to the backend?', byDefault: 'authorization' },
  caller: {
    text: 'Who authenticates the callers: jwt_authn, ext_authz (filters of Envoy), headers (trusted), none (nobody yet)?',
    byDefault: 'none',
    words: callerNames,
  },
  proxy: { text: `Which proxy: ${proxyNames.join(', ')}?`, byDefault: 'envoy', words: proxyNames },
};

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;

/**
 * @param given what the command line says, by the name of the option
 * @param asks whether the rest is asked; otherwise it has its default
 * @throws UsageError if an option has another value
 */
export async function answersOf(
  given: Readonly<Partial<Record<keyof Answers, string>>>,
  asks: boolean,
  terminal: Terminal,
): Promise<Answers> {
  const answers: Partial<Record<keyof Answers, string>> = {};
  const lines = asks ? terminal.lines()[Symbol.asyncIterator]() : undefined;
  for (const name of Object.keys(questions) as (keyof Answers)[]) {
    const question = questions[name];
    const own = given[name];
    const fault = own === undefined ? undefined : faultOf(own, question);
    if (fault !== undefined) throw new UsageError(`--${name} ${fault}`);
    answers[name] = own ?? (lines === undefined ? question.byDefault : await ask(question, lines, terminal));
  }
  await lines?.return?.();
  const { header = '', ...words } = answers;
  // Each was checked against the words of its question.
  return { ...(words as Omit<Answers, 'header'>), header: header.toLowerCase() };
}

async function ask(question: Question, lines: AsyncIterator<string>, terminal: Terminal): Promise<string> {
  for (;;) {
    terminal.out(`${question.text} [${question.byDefault}] `);
    const { done, value } = await lines.next();
    if (done === true) throw new CommandError('The input has ended. With --yes, nothing is asked.');
    const answer = value.trim() === '' ? question.byDefault : value.trim();
    const fault = faultOf(answer, question);
    if (fault === undefined) return answer;
    terminal.out(`The answer ${fault}\n`);
  }
}

/** What is wrong with an answer, as the end of a sentence. */
function faultOf(answer: string, { words }: Question): string | undefined {
  if (words === undefined) return headerName.test(answer) ? undefined : 'must be the name of a header.';
  if (words.includes(answer)) return undefined;
  const guess = nearest(answer, words);
  return `must be one of ${words.join(', ')}.${guess === undefined ? '' : ` Did you mean ${guess}?`}`;
}
