/**
 * @module
 * The default limits, from the schema of the configuration.
 */
import { settingsSchema } from '../../src/configuration/configuration-schema.ts';

export const defaultLimits = settingsSchema.parse({}).limits;
