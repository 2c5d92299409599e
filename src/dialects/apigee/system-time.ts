/**
 * @module
 * `system.time` and its parts (vendor page, "system"). All in UTC, in which Apigee's gateways run.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { Scope } from '../../plan/token-plan.ts';
import { compileTimeFormat } from './time-format.ts';

const whole = compileTimeFormat('EEE, dd MMM yyyy HH:mm:ss z');

const parts: Readonly<Record<string, (at: Date) => JsonValue>> = {
  'time.year': (at) => at.getUTCFullYear(),
  'time.month': (at) => at.getUTCMonth() + 1,
  'time.day': (at) => at.getUTCDate(),
  'time.dayofweek': (at) => at.getUTCDay() + 1,
  'time.hour': (at) => at.getUTCHours(),
  'time.minute': (at) => at.getUTCMinutes(),
  'time.second': (at) => at.getUTCSeconds(),
  'time.millisecond': (at) => at.getUTCMilliseconds(),
  'time.zone': () => 'UTC',
};

/** @param part `time`, or one of its parts such as `time.year` */
export function systemTime(part: string): (scope: Scope) => JsonValue | undefined {
  if (part === 'time') return (scope) => whole?.(scope.now);
  const read = parts[part];
  return read === undefined ? () => undefined : (scope) => read(new Date(scope.now));
}
