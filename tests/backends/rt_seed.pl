# What every test finds in Request Tracker: queues, the custom field, users with their rights and tokens. Prints JSON.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use JSON;
use RT;
RT->LoadConfig();
RT->Init();

my $system = RT->SystemUser;

sub made {
    my ( $object, @arguments ) = @_;
    my ( $ok, $message ) = $object->Create(@arguments);
    die $message unless $ok;
    return $object;
}

sub grant {
    my ( $principal, $object, @rights ) = @_;
    for my $right (@rights) {
        my ( $ok, $message ) = $principal->GrantRight( Object => $object, Right => $right );
        die "$right: $message" unless $ok;
    }
}

sub field {
    my ( $name, $queue, %more ) = @_;
    my $field = made(
        RT::CustomField->new($system),
        Name => $name, Type => 'FreeformSingle', MaxValues => 1, LookupType => 'RT::Queue-RT::Ticket', %more
    );
    my ( $ok, $message ) = $field->AddToObject($queue);
    die $message unless $ok;
    return $field;
}

my $intake = made( RT::Queue->new($system), Name => 'Intake', CorrespondAddress => 'rt@example.test' );
my $other  = made( RT::Queue->new($system), Name => 'Other' );
my $bare   = made( RT::Queue->new($system), Name => 'Bare' );
my $unique = made( RT::Queue->new($system), Name => 'Unique' );
my $key    = field( 'ExternalKey', $intake );
$key->AddToObject($other);
field( 'OnlyOnce', $unique, UniqueValues => 1 );
field( 'Channel',  $intake );
field( 'Tags', $intake, Type => 'FreeformMultiple', MaxValues => 0 );

my @fields = qw(SeeCustomField ModifyCustomField SetInitialCustomField);
my @reads  = qw(SeeQueue ShowTicket ShowTicketComments SeeCustomField);
my @writes = ( @reads, @fields, qw(CreateTicket ReplyToTicket CommentOnTicket ModifyTicket) );
my %rights = (
    gateway => \@writes,
    agent   => [ @writes, 'DeleteTicket', 'OwnTicket' ],
    reader  => \@reads,
    stranger => [],
    unkeyed => [qw(SeeQueue ShowTicket CreateTicket ReplyToTicket CommentOnTicket ModifyTicket SeeCustomField)],
    maker   => \@writes,
);

my %seeded;

sub user {
    my ( $name, $mail, $privileged, $rights ) = @_;
    my $user = made(
        RT::User->new($system),
        Name => $name, EmailAddress => $mail, RealName => "\u$name Example", Privileged => $privileged
    );
    for my $queue ( $intake, $other, $bare, $unique ) {
        my %seen;
        grant( $user->PrincipalObj, $queue, grep { !$seen{$_}++ } @$rights );
    }
    my ( $id, $message, $token ) = RT::AuthToken->new($system)->Create( Owner => $user->Id, Description => 'test' );
    die $message unless $id;
    $seeded{$name} = { id => $user->Id + 0, token => $token };
    return $user;
}

user( $_, "$_\@desk.example.test", 1, $rights{$_} ) for sort keys %rights;
my $maker = RT::User->new($system);
$maker->Load('maker');
grant( $maker->PrincipalObj, RT->System, qw(AdminCustomField SeeCustomField) );
grant( $intake->RoleGroup('Requestor')->PrincipalObj, $intake, qw(ShowTicket ReplyToTicket) );
user( 'user1@example.test', 'user1@example.test', 0, [] );
print encode_json( \%seeded );
