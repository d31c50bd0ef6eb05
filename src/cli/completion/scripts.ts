/** The supported shells. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A shell with completion. */
export type Shell = (typeof SHELLS)[number];

/**
 * Shell completion scripts. On Tab, they run `keywright complete` with the words as typed. No word is evaluated, so
 * completing `$(…)` runs nothing.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of keywright for bash. In ~/.bashrc: source <(keywright completion bash)
_keywright() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(keywright complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _keywright keywright
`,
  zsh: `#compdef keywright
# Completion of keywright for zsh. In ~/.zshrc, after compinit: source <(keywright completion zsh)
_keywright() {
  local line
  local -a found
  for line in "\${(@f)$(keywright complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line//:/\\\\:}/$'\\t'/:}")
  done
  _describe keywright found
}
if [[ $funcstack[1] == _keywright ]]; then _keywright "$@"; else compdef _keywright keywright; fi
`,
  fish: `# Completion of keywright for fish. In ~/.config/fish/config.fish: keywright completion fish | source
function __keywright_complete
  set -l words (commandline -opc)
  set -l word (commandline -ct)
  keywright complete -- $words[2..] "$word" 2>/dev/null
end
complete -c keywright -f -a '(__keywright_complete)'
`,
};
