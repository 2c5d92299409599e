/**
 * @module
 * One hostile request for each number: what is written to the connection, and the caller's token.
 */
import { type KeyObject, sign } from 'node:crypto';
import { Dice } from '../../search/dice.ts';
import { hostileClaims, hostileJson, hostileValue, names, numbers } from './hostile-values.ts';
import type { Subject } from './scene.ts';
import { type Field, SeenRequest } from './seen-request.ts';
import { subjects } from './subjects.ts';

export interface Input {
  readonly number: number;
  readonly protocol: 'HTTP/1.1' | 'HTTP/2';
  readonly subject: Subject;
  readonly method: string;
  /** In Latin-1. */
  readonly target: string;
  /** As they are written: names in any case, in order. */
  readonly fields: readonly Field[];
  /** The payload of the caller's token, as JSON. */
  readonly caller: string | undefined;
}

/** The header by which a request is found again. No policy reads it. */
export const numberHeader = 'x-input';
export const tokenHeader = 'x-backend-token';

/** @param seed of the whole run */
export function inputOf(seed: number, number: number, callerKey: KeyObject): Input {
  const dice = new Dice(seed * 1_000_003 + number);
  const subject = subjects[number % subjects.length];
  if (subject === undefined) throw new Error('no policy');
  const caller = dice.chance(80) ? callerPayload(dice) : undefined;
  const authorization = caller === undefined ? [] : [plain('authorization', `Bearer ${signed(caller, callerKey)}`)];
  const protocol = dice.chance(50) ? 'HTTP/1.1' : 'HTTP/2';
  const hostile = [...readFields(dice), ...otherFields(dice)];
  const written = protocol === 'HTTP/2' ? hostile : hostile.map(withoutLineBreaks);
  const fields = [plain(numberHeader, String(number)), ...authorization, ...written, ...brokenFields(dice)];
  return {
    number,
    protocol,
    subject,
    method: dice.pick(['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']),
    target: targetOf(dice, subject.name),
    fields: dice.chance(50) ? fields : fields.toReversed(),
    caller,
  };
}

function plain(name: string, value: string): Field {
  return { name, bytes: Buffer.from(value) };
}

/** Envoy takes a line feed for the end of a line, and so two of them for the end of the request. */
function withoutLineBreaks({ name, bytes }: Field): Field {
  return { name, bytes: Buffer.from(bytes.toString('latin1').replace(/[\r\n]/g, ' '), 'latin1') };
}

function callerPayload(dice: Dice): string {
  const now = Math.floor(Date.now() / 1000);
  const subject = dice.chance(70) ? '"alice"' : JSON.stringify(hostileValue(dice).toString('utf8'));
  return `{"iss":"demo","aud":"orders","exp":${now + 3600},"sub":${subject}${hostileClaims(dice)}}`;
}

const jwsHeader = Buffer.from('{"alg":"ES256","kid":"demo-caller","typ":"JWT"}').toString('base64url');

function signed(payload: string, key: KeyObject): string {
  const input = `${jwsHeader}.${Buffer.from(payload).toString('base64url')}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** The headers that policies read. */
const read: readonly string[] = [
  ...['x-a', 'x-b', 'x-list', 'x-num', 'x-flag', 'x-name', 'x-kid'],
  ...['__proto__', 'constructor', 'tostring', 'user-agent'],
];

function readFields(dice: Dice): Field[] {
  return read.flatMap((name) => {
    if (!dice.chance(55)) return [];
    const times = dice.chance(12) ? 2 + dice.roll(2) : 1;
    const written = dice.chance(20) ? name.toUpperCase() : name;
    return Array.from({ length: times }, () => ({ name: written, bytes: valueFor(dice, name) }));
  });
}

function valueFor(dice: Dice, name: string): Buffer {
  if (name === 'x-num' && dice.chance(70)) return Buffer.from(dice.pick(numbers));
  if (name === 'x-flag' && dice.chance(80)) return Buffer.from(dice.pick(['true', 'false', 'TRUE', ' true']));
  if (name === 'x-name' && dice.chance(60)) return Buffer.from(dice.pick(names));
  return hostileValue(dice);
}

/** Spellings of the token's header that upstreams take for it, and headers that no policy reads. */
const lookalikes = [tokenHeader, 'X-Backend-Token', 'x_backend_token', 'x-backend_token', 'x.backend-token'];
const others: readonly string[] = [
  ...['x-forwarded-for', 'x-envoy-original-path', 'x-mintproc-policy', 'x-jwt-payload', 'cookie', 'accept', 'x-c'],
  ...['hasownproperty', '__defineGetter__', 'x-request-id', 'traceparent', 'content-type', 'via', "x'y", 'x|y', 'x~y'],
];

function otherFields(dice: Dice): Field[] {
  const spoofed = dice.chance(50) ? [plain(dice.pick(lookalikes), 'spoofed')] : [];
  const more = dice.chance(3) ? 60 + dice.roll(60) : dice.roll(4);
  const fields = Array.from({ length: more }, (_, at) => ({
    name: at < others.length ? dice.pick(others) : `x-more-${at}`,
    bytes: hostileValue(dice),
  }));
  if (dice.chance(2))
    fields.push({ name: dice.pick(['x-a', 'x-c']), bytes: Buffer.from('y'.repeat(dice.roll(50_000))) });
  return [...spoofed, ...fields];
}

/** What Envoy should not let through: any byte anywhere. */
function brokenFields(dice: Dice): Field[] {
  if (!dice.chance(6)) return [];
  const bytes = Buffer.from([0x61, dice.roll(256), 0x62]);
  if (dice.chance(50)) return [{ name: 'x-a', bytes }];
  return [{ name: bytes.toString('latin1'), bytes: Buffer.from('a') }];
}

const parameterNames: readonly string[] = [
  ...['q', 'k', 'json', 'list', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'toString.x', 'q[]', 'Q'],
];

function targetOf(dice: Dice, name: string): string {
  const path = dice.chance(12) ? `/${name}/${encoded(dice, hostileValue(dice))}` : `/${name}`;
  const parameters = Array.from({ length: dice.roll(6) }, () => {
    const parameter = dice.pick(parameterNames);
    return `${parameter}=${encoded(dice, parameterValue(dice, parameter))}`;
  });
  if (parameters.length === 0) return dice.chance(20) ? `${path}?` : path;
  return `${path}?${parameters.join(dice.chance(95) ? '&' : ';')}`;
}

function parameterValue(dice: Dice, name: string): Buffer {
  if (name === 'json' && dice.chance(80)) return Buffer.from(hostileJson(dice, 4));
  if (name === 'list') return Buffer.from([dice.pick(numbers), dice.pick(numbers)].join(','));
  if (name === 'k' && dice.chance(60)) return Buffer.from(dice.pick(names));
  return hostileValue(dice);
}

/** Mostly percent-encoded; some of it is written as it is, without what would end the request line. */
function encoded(dice: Dice, bytes: Buffer): string {
  if (dice.chance(15)) return bytes.toString('latin1').replace(/[\0-\x20]/g, '+');
  const all = dice.chance(20);
  return Array.from(bytes, (byte) =>
    !all && /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

/** As Envoy should read it: the edges of values have no spaces. */
export function asSent({ method, target, fields, protocol }: Input): SeenRequest {
  const read = fields.map(({ name, bytes }) => {
    const text = bytes.toString('latin1');
    const value = protocol === 'HTTP/2' ? text : text.replace(/^[ \t]+|[ \t]+$/g, '');
    return { name: name.toLowerCase(), bytes: Buffer.from(value, 'latin1') };
  });
  return new SeenRequest(method, target, read);
}
