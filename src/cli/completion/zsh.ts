/**
 * @module
 * The completion of zsh, as a function for `$fpath` that can also be sourced.
 */
import { type Completed, quoted } from './completed.ts';

export function zshCompletion(commands: readonly Completed[]): string {
  const names = commands
    .map(({ name, summary }) => `      ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`)
    .join('\n');
  const values = commands.flatMap(valueCases).join('\n');
  const words = commands.flatMap(wordCases).join('\n');
  return `#compdef mintproc
# Completion of mintproc in zsh, written by \`mintproc completion zsh\`.
_mintproc() {
  local previous=\${words[CURRENT - 1]}
  if ((CURRENT == 2)); then
    local -a commands
    commands=(
${names}
    )
    _describe command commands
    return
  fi
  if [[ $PREFIX == --*=* ]]; then
    previous=\${PREFIX%%=*}
    compset -P '*='
  fi
  case "\${words[2]} $previous" in
${values}
  esac
  case "\${words[2]} $PREFIX" in
${words}
  *) _files ;;
  esac
}
if [[ $funcstack[1] == _mintproc ]]; then
  _mintproc "$@"
else
  compdef _mintproc mintproc
fi
`;
}

function valueCases({ name, values }: Completed): readonly string[] {
  return values.map(([option, words]) => {
    const answer = words.length === 0 ? '_files' : `compadd -- ${words.join(' ')}`;
    return `  ${quoted(`${name} ${option}`)}) ${answer}; return ;;`;
  });
}

function wordCases({ name, options, arguments: words }: Completed): readonly string[] {
  const cases = options.length === 0 ? [] : [`  ${quoted(`${name} -`)}*) compadd -- ${options.join(' ')} ;;`];
  if (words === undefined) return cases;
  const answer = words.length === 0 ? ':' : `compadd -- ${words.join(' ')}`;
  return [...cases, `  ${quoted(`${name} `)}*) ${answer} ;;`];
}
