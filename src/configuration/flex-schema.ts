/**
 * @module
 * The `flex` part of a policy's entry: what Flex Gateway knew of the policy's API, and the file of the policy may not
 * say.
 */
import * as z from 'zod';

/** More APIs than one policy is bound to. */
const maxBasePaths = 100;

const path = z
  .string()
  .max(1024)
  .regex(
    /^(?:\/|(?:\/[\w~-]+(?:\.[\w~-]+)*)+\/?)$/,
    'must be a path that begins with a slash, such as /v1/orders, of letters, digits, `-`, `_`, `~` and single dots',
  );

export const flexSchema = z
  .strictObject({
    basePath: z
      .union([path.transform((one): readonly string[] => [one]), z.array(path).min(1).max(maxBasePaths)])
      .optional()
      .describe(
        "Base path of the policy's API, or a list of them: the policy's rules are compared with what follows it. Default: that of the address in the policy's file.",
      ),
  })
  .optional();
