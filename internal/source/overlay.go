package source

import "errors"

// BuildOverlay has a child put together what a folder of some files says, which are given by their paths with slashes. The
// error says why it could not, in the words of the library that builds.
func (e *Evaluator) BuildOverlay(tree map[string][]byte, folder string) ([]byte, error) {
	resp, trouble := e.ask(&request{Operation: buildOverlay, Tree: tree, Path: folder})
	switch {
	case trouble != "":
		return nil, errors.New(trouble)
	case resp.Trouble != "":
		return nil, errors.New(resp.Trouble)
	case len(resp.Diagnostics) > 0:
		return nil, errors.New(resp.Diagnostics[0].Message)
	}
	return resp.Built, nil
}
