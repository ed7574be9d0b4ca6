package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"berth/internal/workspace"

	"github.com/spf13/cobra"
)

// imagesCommand is berth images. It resolves no tag: digests come from the runs and from images.lock.
func imagesCommand(a *app) *cobra.Command {
	return listing(&cobra.Command{
		Use:   "images [PATH…]",
		Short: "List every image, with its place and digest",
		Long: `List every image of the runs, in all environments: those of all containers and of image volumes, as the manifests have
them, with the place that each is written at and the digest that it is held to.

A line of images.lock, beside berth.yaml, holds a reference to a digest, offline:

  ghcr.io/acme/churn:1.4 sha256:…`,
		Example: "  berth images\n  berth images --output json runs/train.yaml",
	}, a.images)
}

// images lists the images of all environments, or of the runs themselves where there are none. What could be compiled is
// listed even where something else was refused; the exit code tells.
func (a *app) images(paths []string, output string) error {
	images := []workspace.Image{}
	var refused error
	for _, share := range workspace.Divide(a.Dir, "", paths) {
		w, diags := workspace.Load(workspace.Request{Limits: a.limits, Dir: a.Dir, Paths: share.Paths})
		defer w.Close()
		if err := needsProject(w, share.Paths); err != nil {
			return err
		}
		environments := w.Environments()
		if len(environments) == 0 {
			environments = []string{""}
		}
		results, found := w.CompileAll(environments)
		// Images of what was built are listed all the same.
		refused = firstError(refused, a.reportOf(w, append(diags, found...)))
		images = append(images, workspace.Images(results)...)
	}
	return firstError(printImages(a.Stdout, images, output), refused)
}

// printImages writes the list. The digest in the table is cut short, as people compare it; JSON has it whole. Other
// programs read the JSON, for which reason it has a format version.
func printImages(w io.Writer, images []workspace.Image, output string) error {
	if output == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(struct {
			FormatVersion int               `json:"format_version"`
			Images        []workspace.Image `json:"images"`
		}{1, images})
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "IMAGE\tDIGEST\tPLACE\tENVIRONMENTS")
	for _, i := range images {
		digest := dash(short(i.Digest))
		if i.Locked {
			digest += " (locked)"
		}
		fmt.Fprintf(table, "%s\t%s\t%s:%d:%d\t%s\n", i.Reference, digest, i.File, i.Line, i.Column, dash(strings.Join(i.Used, ", ")))
	}
	return table.Flush()
}

// short is as much of a digest as people compare.
func short(digest string) string {
	const shown = len("sha256:") + 12
	return digest[:min(len(digest), shown)]
}
