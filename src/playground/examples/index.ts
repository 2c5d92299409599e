/**
 * @module
 * The examples, in the order of the menu.
 */
import type { Example } from '../interface.ts';
import { flexExample } from './flex.ts';

export const examples: readonly Example[] = [flexExample];
