package main

import (
	"github.com/trefoil-ml/trefoil/parties/client"
)

// party is what every command on a job of a consortium is told.
type party struct {
	Job string `arg:"" help:"Job file (YAML), the same at all sides." placeholder:"JOB"`
	Key string `env:"TREFOIL_KEY" placeholder:"FILE" help:"Your key file. Default: the one in this folder that the job names."`
}

// with opens the job for whose key it is.
func (p *party) with(f func(*client.Client) error) error {
	c, err := client.Open(p.Job, p.Key)
	if err != nil {
		return err
	}
	defer c.Close()
	return f(c)
}

// owner is what an owner's commands are told.
type owner struct {
	party
	State string `placeholder:"DIR" help:"Folder of the receipts. Default: beside the job file, named after job and owner."`
	Quiet bool   `help:"No progress on stderr."`
}

// options are those of the library.
func (o *owner) options(a *app) client.Options {
	opt := client.Options{Dir: o.State}
	if !o.Quiet {
		opt.Tell = func(text string) { a.printLine("%s", text) }
	}
	return opt
}

// unfinished is what a command that can be run again says when it is interrupted.
type unfinished interface{ Interrupted() string }

// interruption is what to say of a command that was interrupted.
func interruption(command any) string {
	if u, ok := command.(unfinished); ok {
		return u.Interrupted()
	}
	return "interrupted: the servers have ended, nothing was written"
}
