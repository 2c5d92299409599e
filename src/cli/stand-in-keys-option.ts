/**
 * @module
 * The option `--stand-in-keys`: keys that are not at hand are made for the run, and it says so.
 */
import { StandInKeys, standInText } from '../configuration/keys/stand-in-keys.ts';
import { printable } from '../diagnostics/printable.ts';
import type { Arguments } from './command.ts';
import type { Terminal } from './terminal.ts';

export const standInOption = { 'stand-in-keys': { type: 'boolean' } } as const;

/** Undefined if no key is to be made. */
export function standInsOf({ values }: Arguments): StandInKeys | undefined {
  return values['stand-in-keys'] === true ? new StandInKeys() : undefined;
}

/** Says which keys were made, a line for each. */
export function tellStandIns(standIns: StandInKeys | undefined, terminal: Terminal): void {
  for (const made of standIns?.made ?? []) terminal.error(`note: ${printable(standInText(made))}`);
}
