/**
 * @module
 * The rules that we ship, with time passing faster: every duration of a `for` and of a range (`[5m]`) is divided by the
 * same number. The expressions, their thresholds and their names stay as they are.
 */
import { rulesText } from '../../deploy/dashboard/rules.ts';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function faster(duration: string, factor: number): string {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const milliseconds = (Number(count) * (units[unit] ?? Number.NaN)) / factor;
  if (!Number.isInteger(milliseconds)) throw new Error(`${duration} cannot be divided by ${factor}.`);
  return `${milliseconds}ms`;
}

/** @param factor how much faster: 60 makes a second of a minute */
export function scaledRules(factor: number): string {
  return rulesText
    .replace(/^( *for: )(\d+[smhd])$/gm, (_, key: string, duration: string) => key + faster(duration, factor))
    .replace(/\[(\d+[smhd])\]/g, (_, duration: string) => `[${faster(duration, factor)}]`);
}
