/**
 * @module
 * APIs of API Connect that chance makes, as data that both the files and the model of the gateway are made of.
 */
import type { Dice } from '../../../search/dice.ts';

export type Test =
  | { readonly kind: 'verb' | 'path' | 'id'; readonly value: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  /** Something that only the gateway can decide. */
  | { readonly kind: 'unknown'; readonly number: number }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Test[] }
  | { readonly kind: 'not'; readonly part: Test };

export type MadeStep =
  | { readonly kind: 'mint'; readonly id: number; readonly jwt: string | undefined; readonly reads: string | undefined }
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  | { readonly kind: 'invoke'; readonly output: string | undefined; readonly withheld: readonly string[] }
  /** A script that mentions a variable, and may copy it to a header. */
  | { readonly kind: 'script'; readonly reads: string; readonly number: number }
  /** A script that sets a variable. */
  | { readonly kind: 'setter'; readonly name: string }
  | { readonly kind: 'throw' }
  | { readonly kind: 'if'; readonly test: Test; readonly steps: readonly MadeStep[] }
  | {
      readonly kind: 'switch';
      readonly cases: readonly { readonly test: Test; readonly steps: readonly MadeStep[] }[];
      readonly otherwise: readonly MadeStep[] | undefined;
    }
  | {
      readonly kind: 'operations';
      readonly cases: readonly { readonly operations: readonly MadeOperation[]; readonly steps: readonly MadeStep[] }[];
      readonly otherwise: readonly MadeStep[] | undefined;
    };

export interface MadeOperation {
  readonly path: string;
  readonly verb: string;
  readonly id: string;
}

export interface MadeApi {
  readonly name: string;
  readonly base: string;
  /** Of the policies; undefined if the file says nothing. */
  readonly version: '1.0.0' | '2.0.0' | undefined;
  readonly operations: readonly MadeOperation[];
  readonly steps: readonly MadeStep[];
  readonly isJson: boolean;
}

const paths = [
  '/',
  '/orders',
  '/orders/{id}',
  '/orders/search',
  '/orders/{id}/items',
  '/files/{+path}',
  '/all/{*rest}',
  '/a.b/{x}',
];
const verbs = ['GET', 'POST', 'DELETE'];
/** Headers that a test compares, with values. */
export const testHeaders: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['tier', ['gold', 'silver']],
  ['region', ['eu']],
];

/** Makes one API. */
export function madeApi(dice: Dice, name: string, base: string): MadeApi {
  return new Maker(dice).api(name, base);
}

class Maker {
  readonly #dice: Dice;
  #mints = 0;
  #unknowns = 0;
  #operations: readonly MadeOperation[] = [];
  /** How many of the steps are uncertain, of ten. */
  #uncertainty = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  api(name: string, base: string): MadeApi {
    const dice = this.#dice;
    const own = paths.filter(() => dice.chance(45));
    this.#operations = (own.length === 0 ? ['/orders'] : own).flatMap((path) => {
      const some = verbs.filter(() => dice.chance(60));
      return (some.length === 0 ? ['GET'] : some).map((verb) => ({
        path,
        verb,
        id: `${verb.toLowerCase()}${paths.indexOf(path)}`,
      }));
    });
    this.#uncertainty = dice.chance(50) ? 0 : 25;
    const version = dice.chance(10) ? undefined : dice.pick(['1.0.0', '2.0.0'] as const);
    const steps = [...this.#steps(0), ...(dice.chance(70) ? [this.#invoke()] : [])];
    const minted = this.#mints === 0 ? [this.#mint(), ...steps] : steps;
    return { name, base, version, operations: this.#operations, steps: minted, isJson: dice.chance(20) };
  }

  #steps(depth: number): readonly MadeStep[] {
    const length = this.#dice.roll(depth === 0 ? 6 : 4);
    return Array.from({ length }, () => this.#step(depth));
  }

  #step(depth: number): MadeStep {
    const dice = this.#dice;
    if (dice.chance(this.#uncertainty)) {
      if (dice.chance(50)) return { kind: 'setter', name: dice.pick(['who', 'other']) };
      return { kind: 'script', reads: dice.pick(['generated.jwt', 'token', 'who']), number: this.#unknown() };
    }
    if (depth < 3 && dice.chance(35)) return this.#choice(depth + 1);
    const roll = dice.roll(10);
    if (roll < 4 && this.#mints < 4) return this.#mint();
    if (roll < 8) return this.#set();
    if (roll < 9) return this.#invoke();
    return dice.chance(30) ? { kind: 'throw' } : this.#set();
  }

  #mint(): MadeStep {
    const dice = this.#dice;
    this.#mints += 1;
    const jwt = dice.chance(20)
      ? undefined
      : dice.pick([
          'generated.jwt',
          'generated.jwt',
          'token',
          'message.headers.X-Token',
          'request.headers.authorization',
        ]);
    return {
      kind: 'mint',
      id: this.#mints,
      jwt,
      reads: dice.chance(15) ? dice.pick(['who', 'request.headers.x-user']) : undefined,
    };
  }

  #set(): MadeStep {
    const dice = this.#dice;
    const name = dice.pick([
      'message.headers.Authorization',
      'message.headers.X-Token',
      'message.headers.X-Other',
      'token',
      'message.body',
      'who',
    ]);
    const value = dice.pick([
      '$(generated.jwt)',
      'Bearer $(generated.jwt)',
      '$(token)',
      'Bearer $(token)',
      'a $(token) b',
      'ann',
      '$(message.headers.authorization)',
    ]);
    return { kind: 'set', name, value: name === 'who' ? 'ann' : value };
  }

  #invoke(): MadeStep {
    const dice = this.#dice;
    return {
      kind: 'invoke',
      output: dice.chance(25) ? 'answer' : undefined,
      withheld: dice.chance(10) ? [dice.pick(['authorization', 'x-token', 'x-other'])] : [],
    };
  }

  #choice(depth: number): MadeStep {
    const dice = this.#dice;
    const roll = dice.roll(3);
    if (roll === 0) return { kind: 'if', test: this.#test(0), steps: this.#steps(depth) };
    const otherwise = dice.chance(50) ? this.#steps(depth) : undefined;
    const length = 1 + dice.roll(2);
    if (roll === 1) {
      return {
        kind: 'switch',
        cases: Array.from({ length }, () => ({ test: this.#test(0), steps: this.#steps(depth) })),
        otherwise,
      };
    }
    const cases = Array.from({ length }, () => ({
      operations: this.#operations.filter(() => dice.chance(40)),
      steps: this.#steps(depth),
    }));
    return { kind: 'operations', cases, otherwise };
  }

  #test(depth: number): Test {
    const dice = this.#dice;
    if (dice.chance(this.#uncertainty / 2)) return { kind: 'unknown', number: this.#unknown() };
    if (depth < 2 && dice.chance(30)) {
      if (dice.chance(30)) return { kind: 'not', part: this.#test(depth + 1) };
      return { kind: dice.pick(['and', 'or'] as const), parts: [this.#test(depth + 1), this.#test(depth + 1)] };
    }
    const { verb, path, id } = dice.pick(this.#operations);
    switch (dice.roll(4)) {
      case 0:
        return { kind: 'verb', value: verb };
      case 1:
        return { kind: 'path', value: path };
      case 2:
        return { kind: 'id', value: id };
      default: {
        const [name, values] = dice.pick(testHeaders);
        return { kind: 'header', name, value: dice.pick(values) };
      }
    }
  }

  #unknown(): number {
    return this.#unknowns++;
  }
}

/** How many things in it only the gateway can decide. */
export function unknownsOf(steps: readonly MadeStep[]): number {
  return JSON.stringify(steps).match(/"number":\d+/g)?.length ?? 0;
}
