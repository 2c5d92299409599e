/**
 * @module
 * The limits of a configuration that sets none: they stand in its schema alone.
 */
import { settingsSchema } from '../../src/configuration/configuration-schema.ts';

export const defaultLimits = settingsSchema.parse({}).limits;
