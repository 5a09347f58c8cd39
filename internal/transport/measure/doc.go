// Package measure finds out how far three servers are from each other, so that
// a session can choose between few rounds and few bytes.
//
//	found, err := measure.Links(ctx, conn)   // on all three, before the session
//	opts.Link = mpc.Link{Delay: found.Delay.Seconds(), Bandwidth: found.Bandwidth}
//
// All three get the same answer or an error: they tell each other what they have
// measured, and the answer is a function of that, in integers. It is the slowest
// of the six directed links, rounded to 1, 2 or 5 times a power of ten, so that
// it is the same when they measure again. Below half a millisecond it is
// zero: near enough to save bytes, whatever the bandwidth.
//
// # What is sent
//
// Servers that are near exchange some ten messages of a word with each other, and
// two of three. Others answer pings for 400 ms, and then each sends to the next,
// and after that to the previous one, bursts of zeros that double from 32 KiB to
// 8 MiB. They stop when a burst takes 50 ms and is hardly faster than another that
// did, which is after TCP has found the speed of the link: two seconds over 20 ms
// and 100 Mbit/s.
//
// Messages have lanes that no session has, and depth zero, so a session on the
// same connection counts its rounds from nothing.
package measure
