package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/parties/daemon"
)

// The header of the unit makes every file that the server is started with and that
// it does not make itself.
func TestUnitMakesItsFiles(t *testing.T) {
	text, err := os.ReadFile("../../deploy/systemd/trefoil.service")
	require.NoError(t, err)
	header, unit, found := strings.Cut(string(text), "[Unit]")
	require.True(t, found)
	files := regexp.MustCompile(`/etc/trefoil/([a-z]+)\.[a-z]+`).FindAllStringSubmatch(unit, -1)
	require.Len(t, files, 2)
	for _, f := range files {
		require.Regexp(t, `(keygen|install) .*\b`+f[1]+`\b`, header, f[0])
	}
}

// Containers and their host find a server of the compose file at one address: the
// ports that the host publishes differ, and are open to more than the host itself.
func TestComposePorts(t *testing.T) {
	text, err := os.ReadFile("../../deploy/compose.yaml")
	require.NoError(t, err)
	for _, port := range []string{"7000", "7001", "7002"} {
		require.Contains(t, string(text), `ports: ["`+port+`:7000", `)
	}
}

// The command lines in deploy are ones that this program understands.
func TestDeploymentFiles(t *testing.T) {
	unquoted := regexp.MustCompile(`([\[ ])([^\[\]", ]+)`)
	for file, pattern := range map[string]string{
		"Containerfile":           `(?m)^CMD (\[.*\])$`,
		"compose.yaml":            `(?m)^ +command: (\[.*\])$`,
		"systemd/trefoil.service": `(?m)^ExecStart=\S*/trainer (.*)$`,
	} {
		text, err := os.ReadFile("../../deploy/" + file)
		require.NoError(t, err)
		lines := regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1)
		require.NotEmpty(t, lines, file)
		for _, line := range lines {
			args := strings.Fields(line[1])
			if strings.HasPrefix(line[1], "[") {
				require.NoError(t, json.Unmarshal([]byte(unquoted.ReplaceAllString(line[1], `$1"$2"`)), &args), line[1])
			}
			var out bytes.Buffer
			command, exited, err := (&app{stdout: &out, stderr: &out}).parse(args)
			require.NoError(t, err, "%s: %s", file, line[1])
			require.False(t, exited)
			require.Equal(t, "serve", command.Command())
		}
	}
	policy, err := daemon.LoadPolicy("../../deploy/policy.yaml")
	require.NoError(t, err)
	require.Len(t, policy.Owners, 2)
}
