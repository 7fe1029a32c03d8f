# What zsh would offer for a line, from the completion script completion.zsh in this directory: zsh-offers.zsh LINE
zmodload zsh/zpty
zpty z zsh -f -i
# The pty echoes what is written to it until the line editor runs: wait for a mark that the echo does not hold.
zpty -w z "cd ${(q)PWD}; PS1=; autoload -Uz compinit && compinit -u -D; source ./completion.zsh
bindkey '^I' complete-word; zstyle ':completion:*' insert-tab false
_mark() { print -r -- @@MARK }
comppostfuncs=(_mark)
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd \"\$@\"; return; fi
  local -a hits; builtin compadd -A hits \"\$@\"
  local hit; for hit in \$hits; do print -r -- \"@@HIT \$hit\"; done
  builtin compadd \"\$@\"
}
print -r -- @@RE''ADY"
while zpty -r z line; do [[ $line == *@@READY* ]] && break; done
zpty -w -n z "ike-dupcheck $1"$'\t'
while zpty -r z line; do
  [[ $line == *@@MARK* ]] && break
  [[ $line == *@@HIT* ]] && print -r -- "${${line##*@@HIT }%%[[:cntrl:]]*}"
done
zpty -d z
