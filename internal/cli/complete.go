package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/layouts"
	"berth/internal/workspace"
	"berth/schema"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// completion gives what may stand somewhere on the command line. It reads the project, and never writes or complains.
type completion func(cmd *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective)

// complete teaches the shell what may stand as the arguments of the commands and the values of their flags.
func (a *app) complete(root *cobra.Command) {
	arguments := map[string]completion{
		"build": sources("yaml", "yml", "json", "cue", "jsonnet"), "explain": a.runsAndFields, "profiles": a.first(a.profileWords),
		"fn": nothing, "init": folders, "lsp": nothing, "policies": nothing, "schema": nil, "errors": nil, "import": nil, "man": folders, "version": nothing,
	}
	for _, cmd := range root.Commands() {
		give, known := arguments[cmd.Name()]
		switch {
		case !known: // takes paths of runs as build does
			cmd.ValidArgsFunction = arguments["build"]
		case give != nil:
			cmd.ValidArgsFunction = give
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) { a.completeFlag(cmd, f.Name) })
	}
	a.completeFlag(root, "format")
	a.completeFlag(root, "directory")
}

// completeFlag teaches the shell the values of a flag, where they are known.
func (a *app) completeFlag(cmd *cobra.Command, flag string) {
	values := map[string]completion{
		"environment": a.environments, "format": words(diag.Formats()...), "layout": words(layouts.Names()...), "directory": folders,
		"workers": nothing, "week": nothing, "evaluation": nothing, "image": nothing,
	}
	if choices := outputs[cmd.Name()]; choices != nil {
		values["output"] = words(choices...)
	}
	if give := values[flag]; give != nil {
		_ = cmd.RegisterFlagCompletionFunc(flag, give) // which fails for a flag that has one alone
	}
}

// outputs are the forms that the product of a command may have, by the command's name.
var outputs = map[string][]string{"diff": reviewOutputs, "images": {"text", "json"}, "policies": {"text", "json"}}

// words completes one of some words.
func words(all ...string) completion {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// nothing completes nothing, not even the names of files.
func nothing(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// folders completes with folders alone.
func folders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// sources completes files with one of the extensions, and folders.
func sources(extensions ...string) completion {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return extensions, cobra.ShellCompDirectiveFilterFileExt
	}
}

// first completes the first argument.
func (a *app) first(give func(*cobra.Command) []string) completion {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return give(cmd), cobra.ShellCompDirectiveNoFileComp
	}
}

// here loads the project of the folder that the command would run in.
func (a *app) here(cmd *cobra.Command, profilesOnly bool) *workspace.Workspace {
	if folder, err := cmd.Flags().GetString("directory"); err == nil && a.enter(folder) != nil {
		return &workspace.Workspace{}
	}
	w, _ := workspace.Load(workspace.Request{Limits: a.limits, Dir: a.Dir, ProfilesOnly: profilesOnly})
	w.Close()
	return w
}

// environments completes the environments of the project; after `A..` the second one of two.
func (a *app) environments(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all := namesAlone(a.here(cmd, false).Environments())
	if first, _, two := strings.Cut(typed, ".."); two && cmd.Name() == "diff" {
		for i := range all {
			all[i] = first + ".." + all[i]
		}
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// profileWords are the names of profiles for the shell, with their descriptions. Mistakes are passed over: a shell that
// completes has nowhere to show them.
func (a *app) profileWords(cmd *cobra.Command) []string {
	w := a.here(cmd, true)
	list, _ := compiler.ListProfiles(w.Options(""))
	var names []string
	for _, p := range list {
		names = append(names, cobra.CompletionWithDesc(diag.Safe(p.Name), diag.Safe(p.Spec.Description)))
	}
	return names
}

// runsAndFields completes the name of a run, and then a field of one.
func (a *app) runsAndFields(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return a.runNames(cmd), cobra.ShellCompDirectiveDefault // a file of runs may stand there as well
	case 1:
		return fieldWords(), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// runNames are the names of the project's runs.
func (a *app) runNames(cmd *cobra.Command) []string {
	var names []string
	for _, doc := range a.here(cmd, false).Runs {
		if name := workspace.WrittenName(doc); name != "" {
			names = append(names, name)
		} else if base := filepath.Base(doc.File.Name); len(doc.Root.Fields) > 0 { // a bare run is called after its file
			names = append(names, strings.TrimSuffix(base, filepath.Ext(base)))
		}
	}
	slices.Sort(names)
	return slices.Compact(namesAlone(names))
}

// namesAlone are those that can be names: what else a file says is nothing to give to a shell.
func namesAlone(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !schema.TypeDNSLabel.AcceptsText(name) })
}

// fieldWords are the fields of runs with what they mean, and those one level below.
func fieldWords() []string {
	var all []string
	for _, f := range schema.TypeRunFields.Fields {
		all = append(all, cobra.CompletionWithDesc(f.Name, f.Doc))
		if f.Type == nil || f.Type.Kind != schema.StructKind {
			continue
		}
		for _, below := range f.Type.Fields {
			all = append(all, cobra.CompletionWithDesc(f.Name+"."+below.Name, below.Doc))
		}
	}
	return append(all, "resources.cpu", "resources.mem", "resources.gpu", "resources.disk")
}
