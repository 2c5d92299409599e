/**
 * @module
 * The examples, in the order of the menu.
 */
import type { Example } from '../interface.ts';
import { apigeeExample } from './apigee.ts';
import { datapowerExample } from './datapower.ts';
import { expressionExamples } from './expressions.ts';
import { flexExample } from './flex.ts';

export const examples: readonly Example[] = [flexExample, apigeeExample, datapowerExample, ...expressionExamples];
