package cli

import (
	"io"
	"os"
	"time"

	"berth/compiler"
	"berth/internal/diag"
	"berth/internal/importer"
	"berth/internal/workspace"

	"github.com/spf13/cobra"
)

// profileFlags are the flags of `berth profiles`.
type profileFlags struct {
	check       bool
	fit         string
	imported    string
	fromNodes   string
	environment string
}

// profilesCommand is berth profiles. What it does beside listing is a flag, of which one at a time can be given.
func profilesCommand(a *app) *cobra.Command {
	var f profileFlags
	cmd := &cobra.Command{
		Use:   "profiles [NAME]",
		Short: "List, show, check and import hardware profiles",
		Long: `List the hardware profiles that a run may name: the built-in ones and the project's. With a name, show everything
that the profile says and where it is written.`,
		Example: "  berth profiles\n  berth profiles a100-80gb\n  berth profiles --check\n  berth profiles --fit runs/train.yaml\n" +
			"  kubectl get nodes -o json | berth profiles --from-nodes -",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.profiles(f, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.check, "check", false, "prove that every profile is consistent by itself")
	flags.StringVar(&f.fit, "fit", "", "tell on which machines of its profile the run in `FILE` can be scheduled")
	flags.StringVar(&f.imported, "import", "", "write profiles from `FILE`: a template, JupyterHub's profileList, or objects of OpenShift AI or Kueue")
	flags.StringVar(&f.fromNodes, "from-nodes", "", "write profiles from `FILE`, the output of kubectl get nodes -o json")
	flags.StringVar(&f.environment, "environment", "", "the `name` of the environment whose profiles are meant")
	cmd.MarkFlagsMutuallyExclusive("check", "fit", "import", "from-nodes")
	return cmd
}

// profiles does what the flags ask for. Importing reads no project; the others read its profiles alone, so that a mistake
// in a run keeps nobody from looking at them.
func (a *app) profiles(f profileFlags, args []string) error {
	switch {
	case f.imported != "":
		return a.adopt(f.imported, importer.Profiles)
	case f.fromNodes != "":
		return a.fromNodes(f.fromNodes)
	case f.fit != "":
		return a.fit(f.fit, f.environment)
	}
	w, diags := workspace.Load(workspace.Request{Limits: a.limits, Dir: a.Dir, ProfilesOnly: true})
	defer w.Close()
	list, found := compiler.ListProfiles(w.Options(f.environment))
	if f.check {
		found = append(found, w.ProveProfiles(f.environment, list)...)
	}
	if err := a.reportOf(w, append(diags, found...)); err != nil {
		return err
	}
	switch {
	case f.check:
		a.say("%s, all consistent", diag.Count(len(list), "profile", "profiles"))
		return nil
	case len(args) == 1:
		return a.showProfile(list, args[0])
	}
	return printProfiles(a.Stdout, list)
}

// fromNodes prints the profiles that a cluster's nodes make.
func (a *app) fromNodes(path string) error {
	data, err := a.readNodes(path)
	if err != nil {
		return err
	}
	text, err := importer.FromNodes(data, time.Now().UTC().Format(time.DateOnly))
	if err != nil {
		return err
	}
	_, err = a.Stdout.Write(text)
	return err
}

// readNodes reads a file, or standard input: there may be more of it than of anything that people write.
func (a *app) readNodes(path string) ([]byte, error) {
	if path == standardInput {
		return io.ReadAll(io.LimitReader(a.Stdin, maxNodes))
	}
	return os.ReadFile(a.absolute(path))
}

// maxNodes bounds how much of a cluster is read: some ten thousand nodes.
const maxNodes = 256 << 20

// fit prints, run by run, on which machines the pods can be scheduled. A pod that fits none is refused as in a build.
func (a *app) fit(path, environment string) error {
	w, diags := workspace.Load(workspace.Request{Limits: a.limits, Dir: a.Dir, Paths: []string{path}})
	defer w.Close()
	result, found := w.Compile(environment)
	if err := a.reportOf(w, append(diags, found...)); err != nil {
		return err
	}
	for _, u := range result.Units {
		if _, err := a.Stdout.Write([]byte(u.Plan.Name + ": " + u.Fit.Text())); err != nil {
			return err
		}
	}
	return nil
}
