/**
 * @module
 * Colours for a terminal.
 */
import { styleText } from 'node:util';

export type Painted = Readonly<Record<'good' | 'bad' | 'strong' | 'faint', (text: string) => string>>;

const formats = { good: 'green', bad: 'red', strong: 'bold', faint: 'dim' } as const;

export function paint(isColoured: boolean): Painted {
  const painter = (name: keyof typeof formats) => (text: string) =>
    isColoured ? styleText(formats[name], text, { validateStream: false }) : text;
  return { good: painter('good'), bad: painter('bad'), strong: painter('strong'), faint: painter('faint') };
}
