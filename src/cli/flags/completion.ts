/** Completion scripts for three shells, made from the option table so that they cannot fall behind it. */

import type { Command, Option } from "commander";
import { TERMS } from "../../report/terms/glossary.ts";
import { makeProgram, SCHEMAS, SHELLS, type Shell } from "./options.ts";

const PROGRAM = "ike-dupcheck";

interface Entry {
  flags: string[];
  text: string;
  /** Words that the value is chosen from; null when it takes a value of another kind, or none. */
  choices: readonly string[] | null;
  takesValue: boolean;
  takesFile: boolean;
  repeatable: boolean;
}

interface Subcommand {
  name: string;
  text: string;
  words: readonly string[];
}

/** The completion script of a shell, to be sourced or put where the shell looks for it. */
export function completionScript(shell: Shell): string {
  const program = makeProgram("", () => {});
  const options = [...program.options, program.createOption("-h, --help", "print this help")].map(entryOf);
  const commands = program.commands.map(subcommandOf);
  return { bash, zsh, fish }[shell](options, commands);
}

function entryOf({ short, long, flags, description, argChoices, required }: Option): Entry {
  return {
    flags: [short, long].filter((flag): flag is string => typeof flag === "string"),
    text: description,
    choices: argChoices ?? null,
    takesValue: required,
    takesFile: flags.includes("<FILE>"),
    repeatable: description.includes("(repeatable)"),
  };
}

function subcommandOf(command: Command): Subcommand {
  const name = command.name();
  const terms = [...new Set(TERMS.map((term) => term.name))].sort();
  const words: Record<string, readonly string[]> = { completion: SHELLS, explain: terms, schema: SCHEMAS };
  return {
    name,
    text: command
      .description()
      .replace(/[;(].*$/, "")
      .trim(),
    words: words[name] ?? [],
  };
}

function bash(options: readonly Entry[], commands: readonly Subcommand[]): string {
  const values = options
    .filter(({ takesValue, takesFile }) => takesValue && !takesFile)
    .map(({ flags, choices }) => {
      const reply = choices === null ? "" : `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$cur")); `;
      return `    ${flags.join("|")}) ${reply}return ;;`;
    });
  const words = commands.map(
    ({ name, words }) => `    ${name}) COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$cur")); return ;;`,
  );
  return `# bash completion of ${PROGRAM}: source it, or save it under bash-completion/completions/${PROGRAM}
_ike_dupcheck() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [[ $cur == "=" ]]; then cur=""; elif [[ $prev == "=" ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case $prev in
${values.join("\n")}
    ${flagsOf(options.filter(({ takesFile }) => takesFile)).join("|")}) local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  case \${COMP_WORDS[1]} in
${words.join("\n")}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "${flagsOf(options).join(" ")}" -- "$cur"))
  else
    if [[ $COMP_CWORD == 1 ]]; then
      COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "$cur"))
    fi
    local IFS=$'\\n'
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -o filenames -F _ike_dupcheck ${PROGRAM}
`;
}

function flagsOf(options: readonly Entry[]): string[] {
  return options.flatMap(({ flags }) => flags);
}

function zsh(options: readonly Entry[], commands: readonly Subcommand[]): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''");
  const specs = options.map(({ flags, text, choices, takesValue, takesFile, repeatable }) => {
    const action = takesFile ? "_files" : choices === null ? " " : `(${choices.join(" ")})`;
    const value = takesValue ? `:value:${action}` : "";
    const about = `'[${quoted(text.replace(/[[\]\\:]/g, "\\$&"))}]${value}'`;
    const once = repeatable ? "'*'" : flags.length > 1 ? `'(${flags.join(" ")})'` : "";
    return `    ${once}${flags.length > 1 ? `{${flags.join(",")}}` : flags[0]}${about} \\`;
  });
  const words = commands.map(({ name, words }) => `        ${name}) compadd -- ${words.join(" ")} ;;`);
  const described = commands.map(({ name, text }) => `${name}\\:"${quoted(text)}"`).join(" ");
  return `#compdef ${PROGRAM}
# zsh completion of ${PROGRAM}: save it as _${PROGRAM} in a directory of $fpath
_ike_dupcheck() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -s \\
${specs.join("\n")}
    '1:capture or command:->first' \\
    '*:capture:->rest'
  case $state in
    first) _alternative 'commands:command:((${described}))' 'captures:capture:_files' ;;
    rest)
      case $line[1] in
${words.join("\n")}
        *) _files ;;
      esac ;;
  esac
}
if [[ $funcstack[1] == _${PROGRAM} ]]; then _ike_dupcheck "$@"; else compdef _ike_dupcheck ${PROGRAM}; fi
`;
}

function fish(options: readonly Entry[], commands: readonly Subcommand[]): string {
  const quoted = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const lines = options.map(({ flags, text, choices, takesValue, takesFile }) => {
    const names = flags.map((flag) =>
      flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
    );
    const value = takesFile
      ? " -r -F"
      : choices === null
        ? takesValue
          ? " -x"
          : ""
        : ` -x -a ${quoted(choices.join(" "))}`;
    return `complete -c ${PROGRAM} ${names.join(" ")}${value} -d ${quoted(text)}`;
  });
  const subcommands = commands.flatMap(({ name, text, words }) => [
    `complete -c ${PROGRAM} -n __fish_use_subcommand -a ${name} -d ${quoted(text)}`,
    `complete -c ${PROGRAM} -n '__fish_seen_subcommand_from ${name}' -f${words.length > 0 ? ` -a ${quoted(words.join(" "))}` : ""}`,
  ]);
  return `# fish completion of ${PROGRAM}: save it as completions/${PROGRAM}.fish\n${[...lines, ...subcommands].join("\n")}\n`;
}
