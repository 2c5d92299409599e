/**
 * @module
 * The option `--at`.
 */
import { momentForm, readMoment } from '../trial/moment.ts';
import { type Arguments, stringOption } from './command.ts';
import { type Terminal, UsageError } from './terminal.ts';

/** Milliseconds since the epoch; now if the option is not given. @throws UsageError */
export function atOption(args: Arguments, terminal: Terminal): number {
  const written = stringOption(args, 'at');
  if (written === undefined) return terminal.now();
  const moment = readMoment(written);
  if (moment === undefined) throw new UsageError(`--at takes ${momentForm}.`);
  return moment;
}
