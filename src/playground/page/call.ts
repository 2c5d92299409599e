/**
 * @module
 * Calls of the process.
 */
import type { CallError, Calls } from '../interface.ts';
import type { Reply } from './run-loop.ts';

/** Milliseconds after which a process that does not answer is taken for lost; its own bounds are far below. */
const longestCall = 30_000;

export async function call<Name extends keyof Calls>(
  name: Name,
  body: Calls[Name]['body'],
): Promise<Reply<Calls[Name]['answer']>> {
  try {
    const response = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(longestCall),
    });
    if (response.ok) return { kind: 'answer', answer: (await response.json()) as Calls[Name]['answer'] };
    const isLocked = response.status === 401 || response.status === 403;
    return { kind: 'refused', isLocked, message: await messageOf(response) };
  } catch {
    // The network's error says nothing that helps the user: the process has ended, or does not answer.
    return { kind: 'lost' };
  }
}

async function messageOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text) as Partial<Record<keyof CallError, unknown>>;
    if (typeof message === 'string') return message;
  } catch {
    // A plain page, which is shown as it is.
  }
  return text === '' ? `The playground answered with status ${response.status}.` : text.slice(0, 1_000);
}
