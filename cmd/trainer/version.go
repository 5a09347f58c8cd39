package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints program, version, Go and platform.
func (versionCommand) Run(a *app) error { return printAll(a.stdout, versionLine()+"\n") }

func versionLine() string {
	info, _ := debug.ReadBuildInfo()
	return fmt.Sprintf("trainer %s %s %s/%s", version(info), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// version is the module's version as Go recorded it: a tag, or one made from
// the commit.
func version(info *debug.BuildInfo) string {
	if info == nil || info.Main.Version == "" {
		return "(unknown version)"
	}
	return info.Main.Version
}

// printAll writes the text at once, so that nothing is printed by halves.
func printAll(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("cannot write the output: %w", err)
	}
	return nil
}
