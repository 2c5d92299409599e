/**
 * @module
 * The default limits, from the schema of the configuration.
 */
import { settingsSchema } from '../../src/configuration/configuration-schema.ts';
import { Admission } from '../../src/extproc/admission.ts';

export const defaultLimits = settingsSchema.parse({}).limits;

/** As if no other request were in flight. */
export const alone = (): Admission => new Admission(defaultLimits.inFlight);
