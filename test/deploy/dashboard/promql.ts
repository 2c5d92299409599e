/**
 * @module
 * What is in an expression of PromQL, by the parser of Prometheus' own web pages.
 */
import { parser } from '@prometheus-io/lezer-promql';

/** Where an expression cannot be parsed; undefined if it can. */
export function promQlError(expr: string): string | undefined {
  let error: string | undefined;
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) error ??= `${expr.slice(0, from)} << HERE >> ${expr.slice(from)}`;
    },
  });
  return error;
}

/** The names of all series that an expression selects, in order. */
export function seriesIn(expr: string): readonly string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node }) => {
      const identifier = name === 'VectorSelector' ? node.getChild('Identifier') : null;
      if (identifier !== null) names.push(expr.slice(identifier.from, identifier.to));
    },
  });
  return names;
}
