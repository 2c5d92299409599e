/**
 * @module
 * The header of a policy's token, from where the token goes for each operation.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { isPlainName } from '../../../diagnostics/harmless.ts';
import { placeText } from '../../../diagnostics/source-text.ts';
import { headerObjection } from '../../../plan/output-header.ts';
import { type ExportedPolicy, Open } from '../../exported.ts';
import type { Destination, Reader } from './destination.ts';
import type { Action } from './flow.ts';
import { type AssemblyFacts, positionIn } from './setters.ts';

export type PolicyOutput =
  | {
      readonly kind: 'header';
      readonly output: NonNullable<ExportedPolicy['output']>;
      /** Actions that may send the token elsewhere as well. */
      readonly copies: readonly Action[];
    }
  /** What to say, and at which action. */
  | {
      readonly kind: 'open';
      readonly output: NonNullable<ExportedPolicy['output']>;
      readonly message: string;
      readonly at: Action | undefined;
    }
  | { readonly kind: 'cannot'; readonly code: Code; readonly message: string; readonly at: Action | undefined };

/** What makes it uncertain which headers have the token. */
const unclear = new Set<Reader['how']>(['writes', 'text', 'condition']);

/** What may put the token into a header. */
const sending = new Set<Reader['how']>([...unclear, 'reads', 'call']);

/** Those in which the token reaches the backend, or may reach it. */
export function reaching(destinations: readonly Destination[]): readonly Destination[] {
  const known = destinations.filter(({ headers, isSent, readers }) => {
    return headers.size > 0 || (isSent && readers.some(({ how }) => sending.has(how)));
  });
  // If nothing reads the token for any operation, something outside of the file may.
  return known.length > 0 ? known : destinations.filter(({ isSent, readers }) => isSent && readers.length === 0);
}

/**
 * @param destinations one for each operation for which the policy runs
 * @param isFragment whether the file is a part of an assembly
 */
export function outputOf(
  destinations: readonly Destination[],
  assembly: AssemblyFacts,
  isFragment: boolean,
): PolicyOutput {
  const sent = isFragment ? destinations : reaching(destinations);
  if (sent.length === 0) return notSent(destinations);
  const certain = sent.map(certainHeader);
  const [first] = certain;
  const isOne = certain.every((one) => one?.header === first?.header && one?.prefix === first?.prefix);
  if (first !== undefined && isOne && isUsable(first.header)) {
    const { header, prefix } = first;
    const copies = [...new Set(sent.flatMap((one) => one.readers.map(({ action }) => action)))];
    if (prefix === undefined) return { kind: 'header', output: { header, prefix: openPrefix() }, copies };
    if (plainPrefix.test(prefix)) return { kind: 'header', output: { header, prefix }, copies };
  }
  return undecided(sent, assembly);
}

/** A word or some, such as `Bearer `. Anything else may be a secret, and is not repeated. */
const plainPrefix = /^(?:[A-Za-z][A-Za-z -]{0,63})?$/;

function isUsable(header: string): boolean {
  return isPlainName(header) && headerObjection(header) === undefined;
}

interface Header {
  readonly header: string;
  readonly prefix: string | undefined;
}

function certainHeader({ headers, readers }: Destination): Header | undefined {
  const [only, second] = headers;
  if (only === undefined || second !== undefined) return undefined;
  if (readers.some(({ how }) => unclear.has(how))) return undefined;
  const [header, prefix] = only;
  return { header, prefix };
}

function openPrefix(): Open {
  return new Open(
    'Write "Bearer " if the API ran on the DataPower API Gateway, and "" if it ran on the v5-compatible one.',
  );
}

function undecided(sent: readonly Destination[], assembly: AssemblyFacts): PolicyOutput {
  const readers = [...new Map(sent.flatMap((one) => one.readers).map((one) => [one.action, one])).values()];
  const headers = new Set(sent.flatMap((one) => [...one.headers.keys()]));
  const facts = [
    ...[...headers].filter(isPlainName).map((header) => `some requests have the token in the header ${header}`),
    ...readers.map((reader) => factOf(reader, assembly)),
  ];
  const message =
    readers.length === 0 && headers.size === 0
      ? 'No request that the assembly sends has the token in a header, so the header that the backend reads is not known.'
      : 'Which header of the request the token is written to cannot be read from the assembly.';
  return openOutput(message, facts, readers[0]?.action);
}

/** @param message why it is open, as a sentence */
export function openOutput(message: string, facts: readonly string[] = [], at?: Action): PolicyOutput {
  return {
    kind: 'open',
    output: {
      header: new Open('Write the request header in which the backend reads the token.', facts),
      prefix: new Open('Write what is before the token in that header: "" or "Bearer ".', facts),
    },
    message,
    at,
  };
}

const ways: Readonly<Record<Reader['how'], string>> = {
  reads: 'reads the token',
  writes: 'may write to the variable with the token',
  text: 'puts the token into a longer text',
  body: 'puts the token into the body',
  call: 'sends the token, and another request follows',
  'side-call': 'sends the token to another service',
  condition: 'handles the token only on a condition',
  replaced: 'replaces the token',
  response: 'uses the token after the request to the backend',
};

function factOf({ how, action }: Reader, assembly: AssemblyFacts): string {
  const { document } = assembly;
  const place = placeText(document.source.placeAt(document.keyOffsetOf(action.path)));
  return `the action at ${place} (${positionIn(assembly, action.path)}) ${ways[how]}`;
}

function notSent(destinations: readonly Destination[]): PolicyOutput {
  const readers = destinations.flatMap((one) => one.readers);
  const find = (how: Reader['how']): Action | undefined => readers.find((one) => one.how === how)?.action;
  const code = 'import.no-header';
  const replaced = find('replaced');
  if (replaced !== undefined) {
    const message = 'A later action replaces the token before a request is sent, so the backend never gets it.';
    return { kind: 'cannot', code, message, at: replaced };
  }
  const call = find('side-call');
  if (call !== undefined) {
    const message = 'The gateway sends the token to another service, not in a header of the request to the backend.';
    return { kind: 'cannot', code, message, at: call };
  }
  const message = destinations.some(({ isSent }) => isSent)
    ? 'The gateway does not write the token to a header of the request to the backend.'
    : 'After the policy, the assembly sends no request: the token goes into the response, or nowhere.';
  return { kind: 'cannot', code, message, at: readers[0]?.action };
}
