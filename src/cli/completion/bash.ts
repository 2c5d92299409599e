/**
 * @module
 * The completion of bash, version 3.2 and later. Where it finds no word, bash completes a path.
 */
import { type Completed, quoted } from './completed.ts';

export function bashCompletion(commands: readonly Completed[]): string {
  const names = list([...commands.map(({ name }) => name), '--help', '--version']);
  const values = commands.flatMap(valueCases).join('\n');
  const words = commands.flatMap(wordCases).join('\n');
  return `# Completion of mintproc in bash, written by \`mintproc completion bash\`.
_mintproc() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" words=''
  # bash makes three words of --option=value.
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$previous" = '=' ]; then
    previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=${names}
  else
    case "\${COMP_WORDS[1]} $previous" in
${values}
    *)
      case "\${COMP_WORDS[1]} $current" in
${words}
      esac
      ;;
    esac
  fi
  # The words have no spaces and no wildcards.
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _mintproc mintproc
`;
}

function valueCases({ name, values }: Completed): readonly string[] {
  return values.map(([option, words]) => `    ${quoted(`${name} ${option}`)}) words=${list(words)} ;;`);
}

function wordCases({ name, options, arguments: words }: Completed): readonly string[] {
  const cases = options.length === 0 ? [] : [`      ${quoted(`${name} -`)}*) words=${list(options)} ;;`];
  return words === undefined ? cases : [...cases, `      ${quoted(`${name} `)}*) words=${list(words)} ;;`];
}

function list(words: readonly string[]): string {
  return quoted(words.join(' '));
}
