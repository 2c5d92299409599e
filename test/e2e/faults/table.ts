/**
 * @module
 * All faults that `npm run faults` makes.
 */
import type { Fault } from './fault.ts';
import { processFaults } from './processes.ts';
import { surroundingFaults } from './surroundings.ts';

export const faults: Readonly<Record<string, Fault>> = { ...processFaults, ...surroundingFaults };
